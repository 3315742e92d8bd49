/** What a list of coupons is asked for. */
export type AskedPage = {
  /** Items of a page: 1 to 100. */
  limit?: number | undefined
  /** The `nextCursor` of the page before. */
  cursor?: string | null | undefined
  /** When left out: `usable` for their owner, and `all` for support. */
  state?: 'usable' | 'redeemed' | 'expired' | 'revoked' | 'all' | undefined
}

/** The query of a list, empty when nothing was asked for. */
export const queryOf = (query: Readonly<Record<string, string | number | null | undefined>>): string => {
  const given = Object.entries(query).filter(([, value]) => value != null)
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}

/** The people of one run: distinct users, each with a token of their own, numbered from 0. */
export type Shoppers = {
  readonly count: number
  userId(shopper: number): string
  token(shopper: number): string
  /** The press of every shopper as a complete request, so that nothing is put together while it counts. */
  presses(url: string, campaignId: string): Buffer[]
}

export type ShoppersOptions = {
  count: number
  /** What their user ids begin with; distinct between runs. */
  prefix: string
  sign(userId: string, lifetimeSeconds: number): string
}

// Longer than any run is allowed to take.
const tokenLifetimeSeconds = 3_600

/** The path of `issue`. */
export const issuePath = (campaignId: string): string => `/v1/campaigns/${campaignId}/coupons`

/** `options.count` new shoppers. */
export const createShoppers = (options: ShoppersOptions): Shoppers => {
  const userId = (shopper: number): string => `${options.prefix}-${shopper + 1}`
  const tokens = Array.from({ length: options.count }, (_, shopper) =>
    options.sign(userId(shopper), tokenLifetimeSeconds),
  )
  return {
    count: options.count,
    userId,
    token: (shopper) => tokens[shopper] ?? '',
    presses(url, campaignId) {
      const head = `POST ${issuePath(campaignId)} HTTP/1.1\r\nhost: ${new URL(url).host}\r\ncontent-length: 0\r\n`
      return tokens.map((token) => Buffer.from(`${head}authorization: Bearer ${token}\r\n\r\n`, 'latin1'))
    },
  }
}

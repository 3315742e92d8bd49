import { z } from 'zod'

/** A list of coupons, or why there is none. */
export type ListReading = {
  /** The name under which reports count it. */
  outcome: string
  couponIds: ReadonlySet<string>
  /** It may lack coupons and says so, or asks to come back later. */
  isOpen: boolean
}

const listShape = z.object({ items: z.array(z.object({ id: z.string() })), complete: z.boolean() })

const parseList = (body: string): z.infer<typeof listShape> | undefined => {
  try {
    return listShape.parse(JSON.parse(body))
  } catch {
    // It breaks the contract: the caller counts it as unreadable.
    return undefined
  }
}

/** Reads the answer to a request for a list; without a status there was none. */
export const readList = (status: number | undefined, body: string): ListReading => {
  const none = new Set<string>()
  if (status === undefined) return { outcome: 'list unanswered', couponIds: none, isOpen: true }
  if (status !== 200) return { outcome: 'no list', couponIds: none, isOpen: status === 429 || status >= 500 }
  const list = parseList(body)
  if (list === undefined) return { outcome: 'unreadable list', couponIds: none, isOpen: false }
  const couponIds = new Set(list.items.map(({ id }) => id))
  return list.complete
    ? { outcome: 'list', couponIds, isOpen: false }
    : { outcome: 'incomplete list', couponIds, isOpen: true }
}

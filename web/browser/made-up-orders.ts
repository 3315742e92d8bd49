const key = (couponId: string): string => `firstcome:order:${couponId}`

/** Orders of this page, where the browser keeps nothing for it. */
const ownOrders = new Map<string, string>()

/** The order that was made up for a coupon. */
export const orderOf = (couponId: string): string | undefined => {
  try {
    return sessionStorage.getItem(key(couponId)) ?? ownOrders.get(couponId)
  } catch {
    return ownOrders.get(couponId)
  }
}

/** One order for one coupon, also when the answer is lost and its button is pressed again. */
export const makeOrderUp = (couponId: string): string => {
  const known = orderOf(couponId)
  if (known !== undefined) return known
  // `randomUUID` is missing in browsers before 2022, and at addresses without TLS.
  const order = [...crypto.getRandomValues(new Uint32Array(4))].map((word) => word.toString(36)).join('-')
  ownOrders.set(couponId, order)
  try {
    sessionStorage.setItem(key(couponId), order)
  } catch {
    // It holds until the page is left.
  }
  return order
}

/** Forgets an order that was cancelled. */
export const forgetOrder = (couponId: string): void => {
  ownOrders.delete(couponId)
  try {
    sessionStorage.removeItem(key(couponId))
  } catch {
    // It was not kept either.
  }
}

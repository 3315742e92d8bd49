/** The distinct users of one run, each with a token, numbered from 0. */
export type Shoppers = {
  readonly count: number
  userId(shopper: number): string
  token(shopper: number): string
  /** The complete press of each shopper, built before anything is measured. */
  presses(url: string, campaignId: string): Buffer[]
}

export type ShoppersOptions = {
  count: number
  /** Starts each user id; distinct between runs. */
  prefix: string
  sign(userId: string, lifetimeSeconds: number): string
}

// Longer than any run is allowed to take.
const tokenLifetimeSeconds = 3_600

/** The path of a press. */
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

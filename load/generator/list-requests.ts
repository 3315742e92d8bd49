import type { Shoppers } from '../people/shoppers.ts'

/** The request of each shopper for their list of coupons. */
export const listRequests = (url: string, people: Shoppers): Buffer[] => {
  const head = `GET /v1/coupons HTTP/1.1\r\nhost: ${new URL(url).host}\r\n`
  return Array.from({ length: people.count }, (_, shopper) =>
    Buffer.from(`${head}authorization: Bearer ${people.token(shopper)}\r\n\r\n`, 'latin1'),
  )
}

import type { RequestListener } from 'node:http'
import type { CouponAnswers } from './coupon-answers.ts'

/** Bare node:http: the ceiling of one process of Node. */
export const createNodeListener =
  (answer: CouponAnswers): RequestListener =>
  ({ headers, url = '' }, response) => {
    const { status, headers: own, body } = answer(headers.authorization, url.split('/')[3] ?? '')
    response.writeHead(status, { ...own, 'Content-Length': Buffer.byteLength(body) }).end(body)
  }

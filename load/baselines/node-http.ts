import type { RequestListener } from 'node:http'
import type { CouponAnswers } from './coupon-answers.ts'

/** Bare node:http: the ceiling of one process of Node. */
export const createNodeListener =
  (answers: CouponAnswers): RequestListener =>
  ({ method, headers, url = '' }, response) => {
    const { authorization } = headers
    const answer =
      method === 'GET' ? answers.list(authorization) : answers.press(authorization, url.split('/')[3] ?? '')
    const { status, headers: own, body } = answer
    response.writeHead(status, { ...own, 'Content-Length': Buffer.byteLength(body) }).end(body)
  }

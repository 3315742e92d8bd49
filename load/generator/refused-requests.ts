import { randomUUIDv7 } from 'node:crypto'
import { issuePath } from '../people/shoppers.ts'

/** A kind of request that is refused, and the refusal that it must get. */
export type RefusedKind = {
  name: string
  status: number
  code: string
  /** It takes a part of what a grant takes as well: a question to Redis, or the bytes of a body. */
  hasMore?: true
  /** The request numbered from 0. */
  request(number: number): Buffer
}

export type RefusedRequestsOptions = {
  url: string
  /** Sold out by now. */
  soldOutId: string
  /** Open, with units left. */
  openId: string
  adminToken: string
  sign(userId: string, lifetimeSeconds: number): string
  /** With another secret than that of the API. */
  signWrongly(userId: string, lifetimeSeconds: number): string
}

/** Longer than the API takes. */
const bodyBytes = 8_193
const hourSeconds = 3_600

/** One kind for each refusal that costs the API something of its own. */
export const refusedKinds = (options: RefusedRequestsOptions): RefusedKind[] => {
  const { url, soldOutId, openId, adminToken, sign, signWrongly } = options
  const { host } = new URL(url)
  const write = (line: string, token?: string, body = ''): Buffer => {
    const credential = token === undefined ? '' : `authorization: Bearer ${token}\r\n`
    const head = `${line} HTTP/1.1\r\nhost: ${host}\r\n${credential}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
    return Buffer.from(head + body, 'latin1')
  }
  const press = (campaignId: string, query = ''): string => `POST ${issuePath(campaignId)}${query}`
  const user = (number: number): string => `refused-${soldOutId.slice(-8)}-${number}`
  const good = (number: number): string => sign(user(number), hourSeconds)
  // Each is 8 kB: all of them are the same. Only operators' bodies are read.
  const tooLarge = write('POST /v1/admin/campaigns', adminToken, 'x'.repeat(bodyBytes))
  return [
    { name: 'no token', status: 401, code: 'unauthorized', request: () => write(press(openId)) },
    {
      name: 'wrong signature',
      status: 401,
      code: 'unauthorized',
      request: (number) => write(press(openId), signWrongly(user(number), hourSeconds)),
    },
    {
      name: 'expired token',
      status: 401,
      code: 'unauthorized',
      request: (number) => write(press(openId), sign(user(number), -hourSeconds)),
    },
    {
      name: 'unknown address',
      status: 404,
      code: 'not-found',
      request: (number) => write(`GET /nowhere/${number}`),
    },
    {
      name: 'unknown campaign',
      status: 404,
      code: 'unknown-campaign',
      hasMore: true,
      request: (number) => write(press(randomUUIDv7()), good(number)),
    },
    {
      name: 'malformed id',
      status: 404,
      code: 'unknown-campaign',
      request: (number) => write(press(`campaign-${number}`), good(number)),
    },
    {
      name: 'wrong method',
      status: 405,
      code: 'method-not-allowed',
      request: () => write('DELETE /v1/coupons'),
    },
    {
      name: 'sold out',
      status: 409,
      code: 'sold-out',
      hasMore: true,
      request: (number) => write(press(soldOutId), good(number)),
    },
    {
      name: 'body too large',
      status: 413,
      code: 'too-large',
      hasMore: true,
      request: () => tooLarge,
    },
    {
      name: 'invalid slot',
      status: 422,
      code: 'invalid',
      request: (number) => write(press(openId, '?slot=99'), good(number)),
    },
  ]
}

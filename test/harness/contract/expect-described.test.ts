import { expect, test } from 'vitest'
import { contractFaults } from './expect-described.ts'

const id = '01a1fe69-7d10-770e-92dc-168166463406'
const press = `/v1/campaigns/${id}/coupons`
const time = '2026-11-27T09:00:00.000Z'
const coupon = {
  ...{ id, campaignId: id, userId: 'a', slot: 1, rank: 1, state: 'usable', title: 't' },
  ...{ discount: { kind: 'percent', value: 10 }, issuedAt: time, usableFrom: time, usableUntil: time },
}
const json = { 'content-type': 'application/json' }
const soldOut = {
  ...{ type: '/problems/sold-out', title: 'Sold out', status: 409, detail: 'All gone.', code: 'sold-out' },
}

const faultsOf = (
  method: string,
  path: string,
  status: number,
  headers: Record<string, string>,
  body: Record<string, unknown> = {},
): string => contractFaults(method, path, { status, headers: new Headers(headers), body }).join('; ')

const problem = { 'content-type': 'application/problem+json' }
const located = { ...json, location: `${press}/mine` }

test('an answer as it is described passes', () => {
  expect(faultsOf('POST', press, 201, located, coupon)).toBe('')
  expect(faultsOf('POST', press, 409, problem, soldOut)).toBe('')
  expect(faultsOf('HEAD', '/v1/time', 200, json)).toBe('')
  expect(faultsOf('GET', '/problems/sold-out', 200, { 'content-type': 'text/html; charset=UTF-8' })).toBe('')
})

test.each<[string, string, Parameters<typeof faultsOf>]>([
  ['a status', '203 is not described', ['POST', press, 203, located, coupon]],
  ['a field', 'a field is not described', ['POST', press, 201, located, { ...coupon, code: 'A1' }]],
  [
    'a field within a field',
    'a field is not described',
    ['GET', '/v1/coupons', 200, json, { items: [{ ...coupon, code: 1 }], nextCursor: null, complete: true }],
  ],
  ['a value', '/state', ['POST', press, 201, located, { ...coupon, state: 'mine' }]],
  ['a field that is missing', '/rank', ['POST', press, 201, located, { ...coupon, rank: undefined }]],
  ['a header', 'ETag is not described', ['POST', press, 201, { ...located, etag: '"1"' }, coupon]],
  ['a header that is missing', 'Location is missing', ['POST', press, 201, json, coupon]],
  ['a media type', 'its type is not', ['POST', press, 200, { 'content-type': 'text/plain' }, coupon]],
  ['a code', 'frozen is not described', ['POST', press, 409, problem, { ...soldOut, code: 'frozen' }]],
  ['a code of another status', 'sold-out has another status', ['POST', press, 404, problem, soldOut]],
  ['a field of a problem', 'a field is not', ['POST', press, 409, problem, { ...soldOut, why: 'x' }]],
  [
    'a retry without its time',
    'Retry-After is missing',
    ['POST', press, 409, problem, { ...soldOut, code: 'paused' }],
  ],
  ['a problem where no route is', '/title', ['GET', '/v1/x', 404, problem, { ...soldOut, title: 7 }]],
])('an answer that differs by %s fails', (_, words, answer) => {
  expect(faultsOf(...answer)).toContain(words)
})

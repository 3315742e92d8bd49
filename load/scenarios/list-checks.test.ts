import { expect, test } from 'vitest'
import { readIssue } from '../people/answer.ts'
import { readList } from '../people/read-list.ts'
import { checkLists } from './list-checks.ts'

const coupon = (id: string) => ({ id, campaignId: 'k', userId: 'u', slot: 1, rank: 1 })
const listOf = (ids: readonly string[], complete = true) =>
  JSON.stringify({ items: ids.map(coupon), nextCursor: null, complete })
const press = {
  ...{ shopper: 0, status: 201, latencyMs: 5, times: { sentMs: 5, answeredMs: 10 } },
  answer: readIssue(201, JSON.stringify(coupon('own'))),
}

test.each([
  ['shows the coupon', 10, 200, listOf(['other', 'own']), 'pass', 1],
  ['lacks the coupon', 10, 200, listOf(['other']), 'fail', 1],
  ['is empty', 11, 200, listOf([]), 'fail', 1],
  ['cannot be read', 10, 200, '{}', 'fail', 1],
  ['is not there', 10, 404, '', 'fail', 1],
  ['lacks the coupon, and says that it is not complete', 10, 200, listOf([], false), 'in-flight', 1],
  ['was refused for now', 10, 503, '', 'in-flight', 1],
  ['was not answered', 10, undefined, '', 'in-flight', 1],
  ['was asked for before the yes was read', 9, 200, listOf([]), 'pass', 0],
] as const)('a list that %s (sent at %i)', (_, sentMs, status, body, verdict, looked) => {
  const list = { shopper: 0, list: readList(status, body), times: { sentMs, answeredMs: 20 } }
  const ofAnother = { ...list, shopper: 1 }
  const check = checkLists([press], [list, ofAnother])
  expect([check.verdict, check.looked]).toEqual([verdict, looked])
})

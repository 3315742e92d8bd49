import { expect, test } from 'vitest'
import { readIssue, readOutcome, unanswered } from '../../load/people/answer.ts'
import { startScriptedApi } from '../../test/harness/processes/scripted-api.ts'
import { until } from '../../test/harness/values/until.ts'
import { isContractBreach } from './contract-breach.ts'
import { gatherPeople } from './people.ts'

const coupon = { id: 'a', campaignId: 'b', userId: 'c', slot: 1, rank: 1 }
const body = (document: object): string => JSON.stringify(document)

test.each([
  ['an internal error', readIssue(500, body({ code: 'internal' }))],
  ['a yes that cannot be read', readIssue(201, '{')],
  ['a body that is not a problem document', readIssue(404, 'gone')],
  ['an outcome: no such campaign', readOutcome(404, body({ code: 'unknown-campaign' }))],
  ['an outcome: an internal error', readOutcome(500, body({ code: 'internal' }))],
  ['an outcome: one that cannot be read', readOutcome(200, body({ outcome: 'lost' }))],
])('breaks the contract: %s', (_, answer) => {
  expect(isContractBreach(answer)).toBe(true)
})

test.each([
  ['no answer', unanswered],
  ['a coupon', readIssue(201, body(coupon))],
  ['sold out', readIssue(409, body({ code: 'sold-out' }))],
  ['try again', readIssue(503, body({ code: 'recovering' }))],
  ['an outcome: it is being confirmed', readOutcome(200, body({ outcome: 'confirming' }))],
  ['an outcome: not known now', readOutcome(503, body({ code: 'unavailable' }))],
])('does not break the contract: %s', (_, answer) => {
  expect(isContractBreach(answer)).toBe(false)
})

test('people count an answer that breaks the contract, and go on', async () => {
  const api = await startScriptedApi(({ userId }, index) =>
    index === 0
      ? { status: 500, body: { code: 'internal' } }
      : { status: 201, body: { ...coupon, campaignId: 'the-campaign', userId } },
  )
  const people = gatherPeople({
    urls: [api.url],
    campaignId: 'the-campaign',
    operator: { mayBeClosed: () => false, mayBePaused: () => false },
    requestsMax: 1,
    patienceMs: 500,
    random: () => 0,
    sign: (userId) => `token of ${userId}`,
    now: () => performance.now(),
  })
  people.pace(50)
  await until('somebody arrives', () => people.count() > 0)
  expect(await people.settle(5_000)).toBe(0)
  expect([...people.breaches()]).toEqual([['500 internal', 1]])
  expect(people.winnerCount()).toBe(people.count())
  await people.close()
  await api.close()
})

import { expect, test } from 'vitest'
import { readIssue } from '../people/answer.ts'
import { type ChangeTimes, grantsIn, lifeStretches } from './life-stretches.ts'
import type { PressAnswer } from './press-answers.ts'

const changes: ChangeTimes = {
  pause: { sentMs: 98, answeredMs: 100 },
  resume: { sentMs: 200, answeredMs: 202 },
  raise: { sentMs: 300, answeredMs: 302 },
}
const coupon = JSON.stringify({ id: 'c', campaignId: 'k', userId: 'u', slot: 1, rank: 7 })

/** The answer with this status to a press of these times. */
const answered = (shopper: number, status: number, sentMs: number, answeredMs: number): PressAnswer => ({
  ...{ shopper, status, latencyMs: answeredMs - sentMs, times: { sentMs, answeredMs } },
  answer: readIssue(status, status === 409 ? '{"code":"paused"}' : coupon),
})

test('an answer belongs to the stretch in which its press was sent', () => {
  const stretches = lifeStretches(
    [
      answered(1, 201, 99, 150),
      answered(2, 409, 100, 101),
      answered(3, 409, 201, 203),
      answered(3, 201, 202, 400),
      answered(4, 201, 302, 303),
    ],
    changes,
  )
  expect(
    stretches.map(({ name, outcomes }) => [name, outcomes.map(({ outcome, answers }) => [outcome, answers])]),
  ).toEqual([
    ['open', [['201 granted', 1]]],
    ['paused', [['409 paused', 2]]],
    ['resumed', [['201 granted', 1]]],
    ['raised', [['201 granted', 1]]],
  ])
})

test.each<[string, PressAnswer[], { late: number; lastGrantMs: number | null }]>([
  ['a press sent after the answer of the pause', [answered(1, 201, 101, 103)], { late: 1, lastGrantMs: 3 }],
  ['one that waits for the log', [answered(1, 202, 101, 103)], { late: 1, lastGrantMs: 3 }],
  ['a press sent before', [answered(1, 201, 99.5, 103)], { late: 0, lastGrantMs: 3 }],
  ['the last one before the pause', [answered(1, 201, 80, 97)], { late: 0, lastGrantMs: -3 }],
  [
    'a press whose answer came after the resumption',
    [answered(1, 201, 101, 203)],
    { late: 0, lastGrantMs: null },
  ],
  ['a winner who presses again', [answered(1, 200, 101, 103)], { late: 0, lastGrantMs: null }],
  [
    'somebody whose press before the pause may have won',
    [answered(1, 503, 90, 95), answered(1, 202, 101, 103)],
    { late: 0, lastGrantMs: 3 },
  ],
])('%s counts as it should', (_, answers, counted) => {
  expect(grantsIn(answers, changes)).toEqual(counted)
})

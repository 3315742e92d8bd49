import { expect, test } from 'vitest'
import { readIssue, unanswered } from '../people/answer.ts'
import { checkLateAnswers } from './late-checks.ts'

const coupon = JSON.stringify({ id: 'c', campaignId: 'k', userId: 'u', slot: 1, rank: 1 })
const problem = (code: string) => JSON.stringify({ code })

test.each([
  ['late', 409, problem('sold-out'), 'pass'],
  ['late', 201, coupon, 'fail'],
  ['late', 409, problem('closed'), 'fail'],
  ['late', 503, problem('overloaded'), 'in-flight'],
  ['late', undefined, '', 'in-flight'],
  ['winner', 200, coupon, 'pass'],
  ['winner', 201, coupon, 'fail'],
  ['winner', 409, problem('sold-out'), 'fail'],
  ['winner', 503, problem('recovering'), 'in-flight'],
  ['winner', undefined, '', 'in-flight'],
] as const)('a %s shopper who is answered %s %s is %s', (who, status, body, verdict) => {
  const answer = status === undefined ? unanswered : readIssue(status, body)
  const times = { sentMs: 0, answeredMs: 1 }
  const checks = checkLateAnswers(
    [{ shopper: 0, status, answer, latencyMs: 1, times }],
    () => who === 'winner',
  )
  const [late, again] = checks.map((check) => [check.verdict, check.looked])
  expect(who === 'late' ? [late, again] : [again, late]).toEqual([
    [verdict, 1],
    ['pass', 0],
  ])
})

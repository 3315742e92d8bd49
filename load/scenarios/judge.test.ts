import { expect, test } from 'vitest'
import type { Check, Verdict } from '../../coupon/audit/compare/check.ts'
import { type Judgement, judge } from './judge.ts'
import type { LoadVerdict } from './load-verdict.ts'

const checkOf = (verdict: Verdict): Check => ({
  ...{ promise: 'same-answer-again', verdict, count: 0, looked: 1, examples: [], how: verdict },
})
const judgementOf = (verdict: LoadVerdict): Judgement => ({
  verdict,
  checks: verdict === 'unknown' ? [] : [checkOf(verdict)],
  unknown: verdict === 'unknown' ? 'no database' : null,
})

test.each([
  ['pass', 'pass', 'pass', 'pass'],
  ['pass', 'fail', 'pass', 'fail'],
  ['pass', 'pass', 'fail', 'fail'],
  ['fail', 'pass', 'pass', 'fail'],
  ['pass', 'pass', 'in-flight', 'in-flight'],
  ['pass', 'unknown', 'pass', 'unknown'],
  ['unknown', 'pass', 'pass', 'unknown'],
  ['pass', 'unknown', 'fail', 'fail'],
] as const)(
  'a warm-up with %s, answers with %s and checks with %s are %s',
  (warmUp, settled, own, verdict) => {
    const judged = judge(judgementOf(settled), { own: [checkOf(own)], warmUp: judgementOf(warmUp) })
    expect(judged.verdict).toBe(verdict)
    expect(judged.unknown).toBe([settled, warmUp].some((each) => each === 'unknown') ? 'no database' : null)
  },
)

test('the checks of a warm-up are shown when one of them did not hold, and only then', () => {
  const checksAfter = (warmUp: LoadVerdict) =>
    judge(judgementOf('pass'), { own: [], warmUp: judgementOf(warmUp) }).checks.map(({ how }) => how)
  expect(checksAfter('pass')).toEqual(['pass'])
  expect(checksAfter('fail')).toEqual(['fail', 'pass'])
})

import { describe, expect, test } from 'vitest'
import {
  type ClientSources,
  compare,
  couponId,
  couponOf,
  rowAt,
  soundSources,
  verdictsNotPassed,
} from '../../../test/harness/values/sound-sources.ts'
import { overallVerdict } from './check.ts'
import type { ShownCoupon } from './source-entries.ts'

const grantMore = (sources: ClientSources, coupon: ShownCoupon): void => {
  sources.answers.push({ userId: coupon.userId, answer: { kind: 'granted', coupon } })
  sources.rows.push({ ...coupon, epoch: 1 })
}

describe('a planted corruption fails its own promise and no other', () => {
  const corruptions: [string, string, (sources: ClientSources) => void][] = [
    ['no-oversell', 'a coupon more than there is', (sources) => grantMore(sources, couponOf(21))],
    [
      'no-lost-win',
      'the row has another coupon id',
      (sources) => sources.rows.splice(4, 1, { ...rowAt(sources, 4), couponId: couponId(99) }),
    ],
    [
      'no-lost-win',
      'two winners have each other’s rank',
      (sources) => {
        const [left, right] = [rowAt(sources, 2), rowAt(sources, 3)]
        sources.rows.splice(2, 2, { ...left, rank: right.rank }, { ...right, rank: left.rank })
      },
    ],
    [
      'no-lost-win',
      'a winner was shown the coupon of another user',
      (sources) =>
        sources.answers.splice(6, 1, { userId: 'user-7', answer: { kind: 'granted', coupon: couponOf(8) } }),
    ],
    [
      'no-lost-win',
      'the coupon shown is of another campaign',
      (sources) =>
        sources.answers.splice(6, 1, {
          userId: 'user-7',
          answer: { kind: 'granted', coupon: couponOf(7, { campaignId: couponId(1) }) },
        }),
    ],
    [
      'one-per-user-and-slot',
      'somebody has two rows',
      (sources) => {
        sources.stock = 21
        sources.answers.splice(20, 10)
        sources.rows.push({ ...couponOf(21, { userId: 'user-3' }), epoch: 1 })
      },
    ],
    [
      'same-answer-again',
      'a winner was shown another coupon later',
      (sources) =>
        sources.answers.push({ userId: 'user-3', answer: { kind: 'granted', coupon: couponOf(4) } }),
    ],
    [
      'same-answer-again',
      'a winner was answered sold out later',
      (sources) => sources.answers.push({ userId: 'user-3', answer: { kind: 'sold-out' } }),
    ],
    [
      'sold-out-is-final',
      'somebody who was answered sold out has a row',
      (sources) => sources.answers.splice(2, 1, { userId: 'user-3', answer: { kind: 'sold-out' } }),
    ],
    [
      'sold-out-is-final',
      'somebody was answered sold out and then yes',
      (sources) => sources.answers.splice(2, 0, { userId: 'user-3', answer: { kind: 'sold-out' } }),
    ],
    [
      'nothing-stranded',
      'people were answered sold out before the stock was used up',
      (sources) => {
        sources.stock = 25
      },
    ],
    [
      'nobody-unaware',
      'a row of somebody who never pressed',
      (sources) => {
        sources.stock = 21
        sources.answers.splice(20, 10)
        sources.rows.push({ ...couponOf(21), epoch: 1 })
      },
    ],
    [
      'nobody-unaware',
      'a row of somebody who was answered that they have no coupon',
      (sources) => {
        sources.answers.splice(20, 10)
        sources.answers.splice(2, 1, { userId: 'user-3', answer: { kind: 'none' } })
      },
    ],
    [
      'ranks-without-gap',
      'a rank was left out',
      (sources) => {
        sources.stock = 21
        sources.answers.splice(20, 10)
        grantMore(sources, couponOf(22))
      },
    ],
    [
      'ranks-without-gap',
      'a rank was given twice',
      (sources) => {
        sources.stock = 21
        sources.answers.splice(20, 10)
        grantMore(sources, couponOf(20, { couponId: couponId(99), userId: 'user-99' }))
      },
    ],
    [
      'ranks-without-gap',
      'a rank that no campaign has',
      (sources) => {
        sources.stock = 21
        sources.answers.splice(20, 10)
        grantMore(sources, couponOf(0))
      },
    ],
  ]

  test.each(corruptions)('%s: %s', (promise, _, corrupt) => {
    const sources = soundSources()
    corrupt(sources)
    const checks = compare(sources)
    expect(verdictsNotPassed(checks)).toEqual({ [promise]: 'fail' })
    const [check] = checks.filter(({ verdict }) => verdict === 'fail')
    expect(check?.count).toBeGreaterThan(0)
    expect(check?.examples.length).toBeGreaterThan(0)
    expect(overallVerdict(checks)).toBe('fail')
  })
})

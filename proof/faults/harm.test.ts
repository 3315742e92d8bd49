import { describe, expect, test } from 'vitest'
import { createFaultTallies } from '../../coupon/audit/compare/check-tallies.ts'
import {
  type ClientSources,
  compare,
  couponOf,
  rowAt,
  soundSources,
} from '../../test/harness/values/sound-sources.ts'
import { type Harm, harmOf, noHarm } from './harm.ts'

describe('the harm of a round', () => {
  const corruptions: [string, (sources: ClientSources) => void, Partial<Harm>][] = [
    ['sources that agree show no harm', () => undefined, {}],
    [
      'a missing row is lost, and its unit stranded',
      ({ rows }) => void rows.splice(6, 1),
      { lost: 1, stranded: 1 },
    ],
    [
      'a second row for somebody is doubled',
      (sources) => {
        sources.stock = 21
        sources.rows.push({ ...rowAt(sources, 3), rank: 21, couponId: 'another' })
      },
      { doubled: 1 },
    ],
    [
      'two rows above the stock are oversold',
      (sources) => {
        for (const rank of [21, 22]) {
          const coupon = couponOf(rank)
          sources.answers.push({ userId: coupon.userId, answer: { kind: 'granted', coupon } })
          sources.rows.push({ ...coupon, epoch: 1 })
        }
      },
      { oversold: 2 },
    ],
    [
      'a unit that nobody has after "sold out" is stranded',
      (sources) => {
        sources.stock = 21
      },
      { stranded: 1 },
    ],
    [
      'a winner who is answered "sold out" afterwards was told two things',
      ({ answers }) => void answers.push({ userId: 'user-4', answer: { kind: 'sold-out' } }),
      { toldTwoThings: 1 },
    ],
    [
      'a winner who is shown another coupon was told two things',
      ({ answers }) =>
        void answers.push({
          userId: 'user-4',
          answer: { kind: 'granted', coupon: couponOf(4, { couponId: 'another' }) },
        }),
      { toldTwoThings: 1 },
    ],
    [
      'a loser who wins after "sold out" was told two things',
      ({ answers }) => void answers.unshift({ userId: 'user-4', answer: { kind: 'sold-out' } }),
      { toldTwoThings: 1 },
    ],
    [
      '"none" before a yes is no harm',
      ({ answers }) => void answers.unshift({ userId: 'user-4', answer: { kind: 'none' } }),
      {},
    ],
    [
      'a person without a final answer is unresolved',
      ({ answers }) => void answers.push({ userId: 'somebody', answer: { kind: 'unknown' } }),
      { unresolved: 1 },
    ],
  ]

  test.each(corruptions)('%s', (_, corrupt, harm) => {
    const sources = soundSources()
    corrupt(sources)
    expect(harmOf(compare(sources))).toEqual({ ...noHarm, ...harm })
  })

  const faults = Object.entries(createFaultTallies())

  test.each(faults)('every fault that the audit finds is harm: %s', (_, tally) => {
    tally.broken(() => 'it', 3)
    tally.inFlight(() => 'that', 5)
    const counts = Object.values(harmOf([tally.check()]))
    expect(counts.filter((count) => count > 0)).toEqual([3])
  })

  test('a fault counts as its own harm, not as that of its promise', () => {
    const { wrongUser, gateAhead, counterOff } = createFaultTallies()
    for (const tally of [wrongUser, gateAhead, counterOff]) tally.broken(() => 'it')
    expect(harmOf([wrongUser.check()])).toEqual({ ...noHarm, doubled: 1 })
    expect(harmOf([gateAhead.check()])).toEqual({ ...noHarm, toldTwoThings: 1 })
    expect(harmOf([counterOff.check()])).toEqual({ ...noHarm, stranded: 1 })
  })

  test('harm that several checks find is counted once', () => {
    const tallies = createFaultTallies()
    tallies.rowMissing.broken(() => 'it', 2)
    tallies.onlyInGate.broken(() => 'it', 3)
    expect(harmOf(Object.values(tallies).map((tally) => tally.check()))).toEqual({ ...noHarm, lost: 3 })
  })
})

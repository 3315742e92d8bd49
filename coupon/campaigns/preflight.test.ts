import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Campaign } from '../campaign.ts'
import { findDoubts, moneyOf } from './preflight.ts'
import { zonedTime } from './time-zone.ts'

const nowMs = 1_800_000_000_000
const hourMs = 3_600_000
const sound: Campaign = {
  ...{ id: '', name: 'Sale', state: 'open', stock: 10, perUserLimit: 1, version: 1, epoch: 1 },
  ...{ opensAtMs: nowMs + hourMs, closesAtMs: nowMs + 2 * hourMs },
  coupon: {
    ...{ title: 'Off', discount: { kind: 'amount', value: 5_000, currency: 'KRW' } },
    ...{ usableFromMs: nowMs + hourMs, usableUntilMs: nowMs + 9 * hourMs },
  },
}
const withCoupon = (changes: Partial<Campaign['coupon']>): Partial<Campaign> => ({
  coupon: { ...sound.coupon, ...changes },
})

describe('doubts', () => {
  test('a sound campaign has none', () => {
    expect(findDoubts(sound, nowMs)).toEqual([])
  })

  test.each<[string, Partial<Campaign>, string, string]>([
    ['closes-before-opening', { opensAtMs: sound.closesAtMs }, 'failed', '/closesAt'],
    ['already-closed', { state: 'closed' }, 'failed', '/closesAt'],
    ['already-closed', { retired: { atMs: 1, granted: 1 } }, 'failed', '/closesAt'],
    ['already-closed', { opensAtMs: nowMs - hourMs, closesAtMs: nowMs }, 'failed', '/closesAt'],
    [
      'coupons-expire-before-close',
      withCoupon({ usableUntilMs: sound.closesAtMs - 1 }),
      'failed',
      '/coupon/usableUntil',
    ],
    [
      'empty-usable-window',
      withCoupon({ usableFromMs: nowMs + 9 * hourMs }),
      'failed',
      '/coupon/usableUntil',
    ],
    ['opens-in-the-past', { opensAtMs: nowMs }, 'warning', '/opensAt'],
    ['paused', { state: 'paused' }, 'warning', ''],
    ['usable-after-close', withCoupon({ usableFromMs: sound.closesAtMs }), 'warning', '/coupon/usableFrom'],
    ['one-user-takes-all', { stock: 3, perUserLimit: 3 }, 'warning', '/perUserLimit'],
    ['no-currency', withCoupon({ discount: { kind: 'amount', value: 1 } }), 'warning', '/coupon/discount'],
    ['free', withCoupon({ discount: { kind: 'percent', value: 100 } }), 'warning', '/coupon/discount/value'],
    ['unknown-time-zone', { timeZone: 'Mars/Olympus' }, 'warning', '/timeZone'],
  ])('%s', (code, changes, level, pointer) => {
    expect(findDoubts({ ...sound, ...changes }, nowMs)).toContainEqual({ code, level, pointer })
  })

  test.each<[string, Partial<Campaign>]>([
    ['coupons that expire with the close', withCoupon({ usableUntilMs: sound.closesAtMs })],
    ['an opening in a millisecond', { opensAtMs: nowMs + 1 }],
    ['a limit just below the stock', { stock: 3, perUserLimit: 2 }],
    ['one coupon in all', { stock: 1 }],
    ['99 percent', withCoupon({ discount: { kind: 'percent', value: 99 } })],
    ['a known zone', { timeZone: 'Asia/Seoul' }],
  ])('%s is no doubt', (_, changes) => {
    expect(findDoubts({ ...sound, ...changes }, nowMs)).toEqual([])
  })
})

describe('money', () => {
  test('is exact beyond what a number can hold', () => {
    const dear = { ...sound, stock: 10_000_000, perUserLimit: 3 }
    const value = Number.MAX_SAFE_INTEGER
    const money = moneyOf({
      ...dear,
      ...withCoupon({ discount: { kind: 'amount', value, currency: 'KRW' } }),
    })
    expect(money).toMatchObject({ total: '90071992547409910000000', perUser: '27021597764222973' })
  })

  test('is coupons times value, and nobody can get more than there are', () => {
    const counts = fc.record({
      ...{ stock: fc.integer({ min: 1, max: 1_000 }), perUserLimit: fc.integer({ min: 1, max: 10 }) },
      value: fc.integer({ min: 1, max: 1_000_000 }),
    })
    fc.assert(
      fc.property(counts, ({ stock, perUserLimit, value }) => {
        const changes = withCoupon({ discount: { kind: 'amount', value, currency: 'KRW' } })
        const money = moneyOf({ ...sound, stock, perUserLimit, ...changes })
        const perUser = value * Math.min(stock, perUserLimit)
        expect(money).toMatchObject({ total: String(stock * value), perUser: String(perUser) })
      }),
    )
  })

  test('of a percentage is not known', () => {
    const percent = moneyOf({ ...sound, ...withCoupon({ discount: { kind: 'percent', value: 30 } }) })
    expect(percent).toEqual({ kind: 'percent', value: 30, coupons: 10 })
  })
})

test.each([
  ['2026-12-01T00:00:00.005Z', 'Asia/Seoul', '2026-12-01T09:00:00.005+09:00'],
  ['2026-12-01T00:00:00.000Z', 'UTC', '2026-12-01T00:00:00.000Z'],
  ['2026-12-01T00:00:00.000Z', 'America/St_Johns', '2026-11-30T20:30:00.000-03:30'],
  // The hour that the clocks of New York show twice.
  ['2026-11-01T05:30:00.000Z', 'America/New_York', '2026-11-01T01:30:00.000-04:00'],
  ['2026-11-01T06:30:00.000Z', 'America/New_York', '2026-11-01T01:30:00.000-05:00'],
  ['9999-12-31T23:59:59.999Z', 'UTC', '9999-12-31T23:59:59.999Z'],
])('%s in %s is %s', (at, zone, local) => {
  expect(zonedTime(Date.parse(at), zone)).toBe(local)
  expect(new Date(local).toISOString()).toBe(at)
})

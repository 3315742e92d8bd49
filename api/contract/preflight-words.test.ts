import { describe, expect, test } from 'vitest'
import type { Campaign } from '../../coupon/campaign.ts'
import { type Doubt, moneyOf } from '../../coupon/campaigns/preflight.ts'
import { doubtText, preflightWords, type ServersInShort } from './preflight-words.ts'

const campaign: Campaign = {
  ...{ id: '', name: 'Sale', state: 'open', stock: 10_000, perUserLimit: 2, version: 1, epoch: 1 },
  opensAtMs: Date.parse('2026-12-01T00:00:00Z'),
  closesAtMs: Date.parse('2026-12-01T03:00:00Z'),
  eligibility: [
    { claim: 'tier', anyOf: ['gold', 'vip'] },
    { claim: 'adult', anyOf: ['true'] },
  ],
  timeZone: 'Asia/Seoul',
  coupon: {
    ...{ title: 'Off', discount: { kind: 'amount', value: 5_000, currency: 'KRW' } },
    usableFromMs: Date.parse('2026-12-01T00:00:00Z'),
    usableUntilMs: Date.parse('2027-01-01T00:00:00Z'),
  },
}
const wordsOf = (
  changes: Partial<Campaign>,
  language: 'en' | 'ko',
  servers: ServersInShort = { failed: 0, warnings: 0, unread: 0 },
): string => {
  const changed = { ...campaign, ...changes }
  // ICU separates with spaces that do not break.
  const words = preflightWords(changed, { money: moneyOf(changed), doubts: [], servers }, language)
  return words.join('\n').replaceAll(/[\u00A0\u202F]/g, ' ')
}
const worth = (value: number, currency?: string): Partial<Campaign> => ({
  coupon: { ...campaign.coupon, discount: { kind: 'amount', value, currency } },
})

describe('the words of a preflight', () => {
  test('say in English how much, who and when, in the zone of the campaign', () => {
    const words = wordsOf({}, 'en')
    expect(words).toContain('10,000 coupons of KRW 5,000 each cost at most KRW 50,000,000.')
    expect(words).toContain('Only people whose token has tier: gold or vip; adult: true. At most 2 each.')
    expect(words).toMatch(/opens on Tuesday, December 1, 2026 at 9:00:00 AM GMT\+9/)
    expect(words).toContain('The servers meet every requirement.')
  })

  test('say the same in Korean', () => {
    const words = wordsOf({}, 'ko')
    expect(words).toContain('KRW 5,000 쿠폰 10,000장, 총비용은 최대 KRW 50,000,000입니다.')
    expect(words).toContain('tier: gold 또는 vip')
    expect(words).toMatch(/2026년 12월 1일 화요일 오전 9시 0분 0초.*에 시작/)
    expect(words).not.toMatch(/The |coupons/)
  })

  test.each<[Partial<Campaign>, string]>([
    [worth(150, 'USD'), 'USD 1.50 each cost at most USD 15,000.00'],
    [worth(5, 'USD'), 'USD 0.05 each'],
    [worth(Number.MAX_SAFE_INTEGER, 'USD'), 'at most USD 900,719,925,474,099,100.00'],
    [worth(1_234), '10,000 coupons of 1,234 each cost at most 12,340,000.'],
    [{ coupon: { ...campaign.coupon, discount: { kind: 'percent', value: 30 } } }, '30 percent'],
    [{ eligibility: undefined }, 'Everyone with an account'],
    [{ timeZone: 'Mars/Olympus' }, 'UTC'],
  ])('know %j as %s', (changes, expected) => {
    expect(wordsOf(changes, 'en')).toContain(expected)
  })

  test.each([
    [{ failed: 2, warnings: 1, unread: 0 }, '2 failed and 1 are doubtful'],
    [{ failed: 0, warnings: 0, unread: 1 }, '1 servers did not answer'],
    [undefined, 'did not answer in time'],
  ])('say of servers %j: %s', (servers, expected) => {
    const changed = { money: moneyOf(campaign), doubts: [], servers }
    expect(preflightWords(campaign, changed, 'en').at(-1)).toContain(expected)
    expect(preflightWords(campaign, changed, 'ko').at(-1)).toMatch(/서버/)
  })

  test('explain a doubt in both languages', () => {
    const doubt: Doubt = { code: 'opens-in-the-past', level: 'warning', pointer: '/opensAt' }
    expect(doubtText(doubt, 'en')).toMatch(/in the past/)
    expect(doubtText(doubt, 'ko')).toMatch(/[가-힣]/)
  })
})

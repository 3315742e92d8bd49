import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CampaignTerms } from '../campaign.ts'
import { findUnmetRule } from '../issue/eligibility-rules.ts'
import { rehearsedCampaign } from '../rehearsal-rule.ts'
import { pressingMs, pressingMsMax, rehearsalTerms } from './rehearsal-terms.ts'

const id = '0199aaaa-0000-7000-8000-000000000001'
const campaign: CampaignTerms & { id: string } = {
  ...{ id, name: 'Friday', stock: 10_000, opensAtMs: 5_000_000, closesAtMs: 9_000_000, perUserLimit: 3 },
  coupon: {
    ...{ title: 'Off', discount: { kind: 'percent', value: 10 } },
    ...{ usableFromMs: 5_000_000, usableUntilMs: Number.MAX_SAFE_INTEGER },
  },
  eligibility: [{ claim: 'tier', anyOf: ['gold'] }],
  timeZone: 'Asia/Seoul',
}
const plan = { shoppers: 1_000, perSecond: 100 }
const nowMs = 1_000_000

describe('the shadow of a campaign', () => {
  test('closes by itself within eleven minutes of its beginning, whatever is asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1, max: 100_000 }),
        (shoppers, perSecond) => {
          fc.pre(pressingMs({ shoppers, perSecond }) <= pressingMsMax)
          const { opensAtMs, closesAtMs } = rehearsalTerms(campaign, { shoppers, perSecond }, nowMs)
          expect(opensAtMs).toBeLessThan(nowMs)
          // Every press fits in.
          expect(closesAtMs - nowMs).toBeGreaterThan((shoppers * 1_000) / perSecond)
          expect(closesAtMs - nowMs).toBeLessThanOrEqual(660_000)
        },
      ),
    )
  })

  test('has coupons that expired before there were any, and a title that says what they are', () => {
    const { coupon } = rehearsalTerms(campaign, plan, nowMs)
    expect(coupon).toEqual({
      ...{ title: 'Rehearsal, cannot be used: Off', discount: campaign.coupon.discount },
      ...{ usableFromMs: 0, usableUntilMs: 1 },
    })
  })

  test('is for nobody with a token, also for those for whom the campaign is, and names the campaign', () => {
    const terms = rehearsalTerms(campaign, plan, nowMs)
    for (const claims of [{}, { tier: 'gold' }, { 'firstcome:rehearsal': true }])
      expect(findUnmetRule(terms.eligibility ?? [], claims)?.claim).toBe('firstcome:rehearsal')
    expect([rehearsedCampaign(terms), rehearsedCampaign(campaign)]).toEqual([id, undefined])
  })

  test('keeps the limit of one user and the zone, and is named after the campaign', () => {
    expect(rehearsalTerms(campaign, plan, nowMs)).toMatchObject({
      ...{ name: 'Rehearsal: Friday', perUserLimit: 3, timeZone: 'Asia/Seoul' },
    })
  })

  test('has names of 200 characters at most, and cuts no character in two', () => {
    const long = {
      ...campaign,
      name: '🌸'.repeat(200),
      coupon: { ...campaign.coupon, title: '🌸'.repeat(200) },
    }
    const { name, coupon } = rehearsalTerms(long, plan, nowMs)
    for (const text of [name, coupon.title]) {
      expect([Array.from(text).length, text.isWellFormed()]).toEqual([200, true])
    }
  })

  test.each([
    ['half of the shoppers', { ...plan }, 500],
    ['that of the campaign, if that is less', { ...plan, shoppers: 50_000 }, 10_000],
    ['one, if there is one shopper', { ...plan, shoppers: 1 }, 1],
    ['what is given', { ...plan, stock: 7 }, 7],
  ])('has a stock of %s', (_, given, stock) => {
    expect(rehearsalTerms(campaign, given, nowMs).stock).toBe(stock)
  })
})

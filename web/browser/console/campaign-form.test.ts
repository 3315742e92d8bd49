import { describe, expect, test } from 'vitest'
import { type CampaignInput, costOf, isTyped, readCampaignForm } from './campaign-form.ts'

const input: CampaignInput = {
  ...{ name: ' Winter ', stock: '100,000', perUser: '1', timeZone: 'Asia/Seoul' },
  ...{ opensAt: '2030-01-01T10:00:00Z', closesAt: '2030-01-02T10:00', usableUntil: '2030-02-01T10:00' },
  ...{ couponTitle: '10,000 won off', kind: 'amount', worth: '10,000', currency: 'krw' },
  ...{ usableFrom: '', rules: [{ claim: '', anyOf: '' }] },
}
const campaignOf = (changes: Partial<CampaignInput>) => {
  const campaign = readCampaignForm({ ...input, ...changes })
  if (Array.isArray(campaign)) throw new Error(`not read: ${campaign.join()}`)
  return campaign
}

describe('the form of a new campaign', () => {
  test('is read as the API wants it', () => {
    expect(campaignOf({})).toMatchObject({
      ...{ name: 'Winter', stock: 100_000, perUserLimit: 1, opensAt: '2030-01-01T10:00:00.000Z' },
      coupon: { discount: { kind: 'amount', value: 10_000, currency: 'KRW' } },
    })
  })

  test('may say from when coupons can be used, and who may have one', () => {
    expect(campaignOf({})).toMatchObject({ eligibility: [] })
    expect(campaignOf({}).coupon).not.toHaveProperty('usableFrom')
    const rules = [
      { claim: ' tier ', anyOf: 'gold, platinum ,' },
      { claim: '', anyOf: '' },
    ]
    expect(campaignOf({ rules, usableFrom: '2030-01-01T12:00:00Z' })).toMatchObject({
      eligibility: [{ claim: 'tier', anyOf: ['gold', 'platinum'] }],
      coupon: { usableFrom: '2030-01-01T12:00:00.000Z' },
    })
  })

  test.each([
    [
      { worth: '12.50', currency: 'USD' },
      { kind: 'amount', value: 1_250, currency: 'USD' },
    ],
    [
      { worth: '12', currency: 'usd' },
      { kind: 'amount', value: 1_200, currency: 'USD' },
    ],
    [
      { worth: '30', kind: 'percent' },
      { kind: 'percent', value: 30 },
    ],
  ])('%j is the discount %j', (changes, discount) => {
    expect(campaignOf(changes).coupon.discount).toEqual(discount)
  })

  test.each([
    [{ name: ' ' }, 'name'],
    [{ stock: '0' }, 'stock'],
    [{ stock: '1.5' }, 'stock'],
    [{ perUser: '' }, 'perUser'],
    [{ opensAt: '' }, 'opensAt'],
    [{ usableFrom: 'soon' }, 'usableFrom'],
    [{ usableUntil: 'soon' }, 'usableUntil'],
    [{ worth: '12.5' }, 'worth'],
    [{ worth: '0' }, 'worth'],
    [{ currency: 'WON!' }, 'worth'],
    [{ timeZone: '' }, 'timeZone'],
    [{ rules: [{ claim: 'tier', anyOf: ' , ' }] }, 'eligibility'],
    [{ rules: [{ claim: ' ', anyOf: 'gold' }] }, 'eligibility'],
  ] as const)('%j names the field that is not understood: %s', (changes, field) => {
    expect(readCampaignForm({ ...input, ...changes })).toEqual([field])
  })
})

describe('what a campaign can cost', () => {
  test.each([
    [{}, '10,000 KRW', '1,000,000,000 KRW'],
    [{ worth: '12.50', currency: 'USD', stock: '3' }, '12.50 USD', '37.50 USD'],
    [{ worth: '0.05', currency: 'USD', stock: '1' }, '0.05 USD', '0.05 USD'],
    // Above 2^53.
    [{ worth: '999999999999', stock: '1000000' }, '999,999,999,999 KRW', '999,999,999,999,000,000 KRW'],
    [{ worth: '30', kind: 'percent' }, '30 %', '100,000'],
  ])('of %j one is %s and all are %s', (changes, value, total) => {
    const { stock, coupon } = campaignOf(changes)
    expect(costOf(stock, coupon.discount)).toEqual({ value, total })
  })

  test.each([
    ['1,000,000,000 KRW', true],
    ['1000000000krw', true],
    ['100,000,000 KRW', false],
    ['1,000,000,000', false],
    ['1,000,000,000 USD', false],
    ['', false],
  ])('%s is typed back: %s', (text, isRight) => {
    expect(isTyped(text, '1,000,000,000 KRW')).toBe(isRight)
  })
})

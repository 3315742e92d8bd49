import { describe, expect, test } from 'vitest'
import type { Campaign } from '../../../client/contract-types.ts'
import {
  changedFields,
  fieldAt,
  inputOfCampaign,
  inputText,
  localTime,
  readCampaignEdit,
} from './campaign-edit.ts'
import type { CampaignInput } from './campaign-form.ts'

const campaign: Campaign = {
  ...{
    id: 'one',
    name: 'Winter',
    stock: 10_000,
    perUserLimit: 2,
    timeZone: 'Asia/Seoul',
    state: 'scheduled',
  },
  // Milliseconds that no input shows.
  ...{ opensAt: '2030-01-01T01:00:00.250Z', closesAt: '2030-01-02T01:00:30.000Z' },
  coupon: {
    ...{ title: 'Off', discount: { kind: 'amount', value: 1_250, currency: 'USD' } },
    ...{ usableFrom: '2030-01-01T01:00:00.250Z', usableUntil: '2030-02-01T01:00:00.000Z' },
  },
  eligibility: [{ claim: 'tier', anyOf: ['gold', 'silver'] }],
  ...{ remaining: 10_000, granted: 0, version: 3, epoch: 1, recovery: null },
  serverTime: '2029-12-31T00:00:00.000Z',
}
const before = inputOfCampaign(campaign)
const after = (changes: Partial<CampaignInput>): CampaignInput => ({ ...before, ...changes })

describe('the form of a campaign', () => {
  test('shows what the campaign is', () => {
    expect(before).toMatchObject({
      ...{ name: 'Winter', stock: '10000', perUser: '2', kind: 'amount', worth: '12.50', currency: 'USD' },
      rules: [{ claim: 'tier', anyOf: 'gold, silver' }],
    })
    expect(Date.parse(before.opensAt)).toBe(Date.parse('2030-01-01T01:00:00.000Z'))
    expect(Date.parse(before.closesAt)).toBe(Date.parse('2030-01-02T01:00:30.000Z'))
  })

  test.each([
    [{ kind: 'amount', value: 5_000, currency: 'KRW' }, '5000', 'KRW'],
    [{ kind: 'amount', value: 5, currency: 'USD' }, '0.05', 'USD'],
    [{ kind: 'amount', value: 700 }, '700', ''],
    [{ kind: 'percent', value: 30 }, '30', ''],
  ] as const)('shows the discount %j as %s %s', (discount, worth, currency) => {
    const coupon = { ...campaign.coupon, discount }
    expect(inputOfCampaign({ ...campaign, coupon })).toMatchObject({ worth, currency })
  })

  test('writes a time as the browser does, so that nothing looks changed', () => {
    const whole = new Date(2030, 0, 1, 10, 0, 0).getTime()
    expect([localTime(whole), localTime(whole + 5_000)]).toEqual(['2030-01-01T10:00', '2030-01-01T10:00:05'])
  })
})

describe('an edit', () => {
  test('of which nothing was touched changes nothing, whatever the form does not show', () => {
    expect(changedFields(before, before)).toEqual([])
    expect(JSON.parse(JSON.stringify(readCampaignEdit(before, before)))).toEqual({})
  })

  test.each<[Partial<CampaignInput>, object]>([
    [{ stock: '12,000' }, { stock: 12_000 }],
    [{ name: ' Spring ' }, { name: 'Spring' }],
    [{ perUser: '3' }, { perUserLimit: 3 }],
    [{ timeZone: 'UTC' }, { timeZone: 'UTC' }],
    [{ opensAt: '2030-01-01T02:00Z' }, { opensAt: '2030-01-01T02:00:00.000Z' }],
    [{ closesAt: '2030-01-03T02:00Z' }, { closesAt: '2030-01-03T02:00:00.000Z' }],
    [{ couponTitle: 'Half' }, { coupon: { title: 'Half' } }],
    [{ worth: '13' }, { coupon: { discount: { kind: 'amount', value: 1_300, currency: 'USD' } } }],
    [
      { kind: 'percent', worth: '10', currency: '' },
      { coupon: { discount: { kind: 'percent', value: 10 } } },
    ],
    [{ usableFrom: '' }, { coupon: { usableFrom: null } }],
    [{ usableUntil: '2031-01-01T00:00Z' }, { coupon: { usableUntil: '2031-01-01T00:00:00.000Z' } }],
    [{ rules: [] }, { eligibility: [] }],
    [{ rules: [{ claim: 'age', anyOf: '19' }] }, { eligibility: [{ claim: 'age', anyOf: ['19'] }] }],
  ])('%j sends %j and nothing else', (changes, edit) => {
    expect(JSON.parse(JSON.stringify(readCampaignEdit(after(changes), before)))).toEqual(edit)
  })

  test('names a changed field that is not understood, and asks nothing of the others', () => {
    const odd = { ...before, currency: '', worth: '7' }
    expect(readCampaignEdit({ ...odd, stock: '0' }, odd)).toEqual(['stock'])
    expect(readCampaignEdit({ ...odd, name: 'Spring' }, odd)).toMatchObject({ name: 'Spring' })
  })

  test('an added rule that is empty is no change', () => {
    const rules = [...before.rules, { claim: ' ', anyOf: '' }]
    expect(changedFields(after({ rules }), before)).toEqual([])
  })

  test('says in words what a field is', () => {
    expect(inputText('worth', before)).toBe('12.50 USD')
    expect(inputText('worth', after({ kind: 'percent', worth: '10' }))).toBe('10 %')
    expect(inputText('eligibility', before)).toBe('tier: gold, silver')
    expect(inputText('stock', before)).toBe('10000')
  })
})

test.each([
  ['/stock', 'stock'],
  ['/perUserLimit', 'perUser'],
  ['/coupon/title', 'couponTitle'],
  ['/coupon/discount', 'worth'],
  ['/coupon/discount/value', 'worth'],
  ['/coupon/usableFrom', 'usableFrom'],
  ['/eligibility/0/claim', 'eligibility'],
  ['/reason', undefined],
  ['', undefined],
])('the pointer %j is about the field %s', (pointer, field) => {
  expect(fieldAt(pointer)).toBe(field)
})

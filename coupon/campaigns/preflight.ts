import type { Campaign, CampaignTerms } from '../campaign.ts'
import { isKnownTimeZone } from './time-zone.ts'

/** `failed`: the campaign cannot do what it is for. `warning`: it can, and may not be what was meant. */
export type DoubtLevel = 'warning' | 'failed'

/** What makes one doubt about a campaign. Codes are stable. */
export type DoubtCode =
  | 'closes-before-opening'
  | 'empty-usable-window'
  | 'coupons-expire-before-close'
  | 'already-closed'
  | 'opens-in-the-past'
  | 'paused'
  | 'usable-after-close'
  | 'one-user-takes-all'
  | 'no-currency'
  | 'free'
  | 'unknown-time-zone'

/** A doubt about a campaign, and the field that it is about. */
export type Doubt = { code: DoubtCode; level: DoubtLevel; pointer: string }

/** What the coupons of a campaign are worth together. Amounts are exact: in minor units, as decimal text. */
export type Money =
  | {
      kind: 'amount'
      currency: string | undefined
      value: number
      coupons: number
      total: string
      perUser: string
    }
  | { kind: 'percent'; value: number; coupons: number }

/** The most money that a campaign gives away. A percentage has no amount: it depends on what people buy. */
export const moneyOf = ({ stock, perUserLimit, coupon: { discount } }: CampaignTerms): Money => {
  const { value } = discount
  if (discount.kind === 'percent') return { kind: 'percent', value, coupons: stock }
  const each = BigInt(value)
  return {
    ...{ kind: 'amount', currency: discount.currency, value, coupons: stock },
    total: String(each * BigInt(stock)),
    perUser: String(each * BigInt(Math.min(stock, perUserLimit))),
  }
}

/** What a preflight is about: a campaign, or the terms of one that does not exist yet and would be open. */
export type Planned = CampaignTerms & Pick<Campaign, 'state' | 'retired'>

/** Everything that is doubtful about a campaign at `nowMs`, the worst first. */
export const findDoubts = (campaign: Planned, nowMs: number): Doubt[] => {
  const { state, stock, opensAtMs, closesAtMs, perUserLimit, coupon, timeZone = 'UTC' } = campaign
  const { discount, usableFromMs, usableUntilMs } = coupon
  const isClosed = state === 'closed' || campaign.retired !== undefined || nowMs >= closesAtMs
  const all: [boolean, DoubtLevel, DoubtCode, string][] = [
    [closesAtMs <= opensAtMs, 'failed', 'closes-before-opening', '/closesAt'],
    [usableUntilMs <= usableFromMs, 'failed', 'empty-usable-window', '/coupon/usableUntil'],
    [usableUntilMs < closesAtMs, 'failed', 'coupons-expire-before-close', '/coupon/usableUntil'],
    [isClosed, 'failed', 'already-closed', '/closesAt'],
    [!isClosed && nowMs >= opensAtMs, 'warning', 'opens-in-the-past', '/opensAt'],
    [!isClosed && state === 'paused', 'warning', 'paused', ''],
    [usableFromMs >= closesAtMs, 'warning', 'usable-after-close', '/coupon/usableFrom'],
    [stock > 1 && perUserLimit >= stock, 'warning', 'one-user-takes-all', '/perUserLimit'],
    [
      discount.kind === 'amount' && discount.currency === undefined,
      'warning',
      'no-currency',
      '/coupon/discount',
    ],
    [discount.kind === 'percent' && discount.value === 100, 'warning', 'free', '/coupon/discount/value'],
    [!isKnownTimeZone(timeZone), 'warning', 'unknown-time-zone', '/timeZone'],
  ]
  return all.filter(([holds]) => holds).map(([, level, code, pointer]) => ({ code, level, pointer }))
}

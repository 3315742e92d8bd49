import type { Discount, NewCampaign } from '../../../client/contract-types.ts'

/** What was typed into the form of a new campaign. Times are those of a clock on the wall. */
export type CampaignInput = Record<
  | ('name' | 'stock' | 'perUser' | 'opensAt' | 'closesAt' | 'usableUntil' | 'timeZone')
  | ('couponTitle' | 'kind' | 'worth' | 'currency'),
  string
>

/** Digits behind the point of a currency: 0 for KRW, 2 for USD. Undefined when it is no currency. */
const minorDigits = (currency: string): number | undefined => {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
      .maximumFractionDigits
  } catch {
    return undefined
  }
}

/** A decimal as a whole number of its smallest unit: `12.50` with two digits is 1250. */
const toMinor = (text: string, digits: number): number | undefined => {
  const [, whole, part = ''] = /^(\d{1,12})(?:\.(\d{1,4}))?$/.exec(text.replaceAll(/[\s,]/g, '')) ?? []
  if (whole === undefined || part.length > digits) return undefined
  return Number(whole + part.padEnd(digits, '0'))
}

const toCount = (text: string): number | undefined => {
  const digits = text.replaceAll(/[\s,]/g, '')
  return /^[1-9]\d{0,11}$/.test(digits) ? Number(digits) : undefined
}

const toTime = (text: string): string | undefined => {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
}

const toDiscount = ({ kind, worth, currency }: CampaignInput): Discount | undefined => {
  if (kind === 'percent') {
    const value = toCount(worth)
    return value === undefined ? undefined : { kind: 'percent', value }
  }
  const code = currency.trim().toUpperCase()
  const digits = minorDigits(code)
  const value = digits === undefined ? undefined : toMinor(worth, digits)
  return value === undefined || value === 0 ? undefined : { kind: 'amount', value, currency: code }
}

/** The campaign that was typed, or the fields that cannot be understood. The API checks what they mean. */
export const readCampaignForm = (input: CampaignInput): NewCampaign | (keyof CampaignInput)[] => {
  const [stock, perUserLimit] = [toCount(input.stock), toCount(input.perUser)]
  const [opensAt, closesAt] = [toTime(input.opensAt), toTime(input.closesAt)]
  const [usableUntil, discount] = [toTime(input.usableUntil), toDiscount(input)]
  const [name, title, timeZone] = [input.name.trim(), input.couponTitle.trim(), input.timeZone.trim()]
  if (
    stock === undefined ||
    perUserLimit === undefined ||
    opensAt === undefined ||
    closesAt === undefined ||
    usableUntil === undefined ||
    discount === undefined ||
    name === '' ||
    title === '' ||
    timeZone === ''
  ) {
    const read = { name, stock, perUser: perUserLimit, opensAt, closesAt, usableUntil, timeZone }
    const faults = Object.entries({ ...read, couponTitle: title, worth: discount }).filter(
      ([, value]) => !value,
    )
    return faults.map(([field]) => field as keyof CampaignInput)
  }
  const coupon = { title, discount, usableUntil }
  return { name, stock, perUserLimit, opensAt, closesAt, timeZone, coupon }
}

/** An amount of a currency as people in finance write it: `10,000 KRW`. `minor` can be above 2^53. */
const amountText = (minor: bigint, currency: string): string => {
  const digits = minorDigits(currency) ?? 0
  const text = String(minor).padStart(digits + 1, '0')
  const whole = BigInt(text.slice(0, text.length - digits)).toLocaleString('en')
  return `${digits === 0 ? whole : `${whole}.${text.slice(-digits)}`} ${currency}`
}

/**
 * What all coupons can cost: `100,000 × 10,000 KRW = 1,000,000,000 KRW`. Of percents only their number is
 * known.
 */
export const costOf = ({ stock, coupon: { discount } }: NewCampaign): { value: string; total: string } => {
  const { value } = discount
  if (discount.kind === 'percent') return { value: `${value} %`, total: stock.toLocaleString('en') }
  const currency = discount.currency ?? ''
  return {
    value: amountText(BigInt(value), currency).trim(),
    total: amountText(BigInt(value) * BigInt(stock), currency).trim(),
  }
}

/** Whether somebody typed this: commas and spaces do not matter, every digit and the currency do. */
export const isTyped = (text: string, expected: string): boolean => {
  const bare = (written: string): string => written.replaceAll(/[\s,]/g, '').toUpperCase()
  return bare(text) === bare(expected)
}

import type { Discount, NewCampaign } from '../../../client/contract-types.ts'

/** The inputs of the form, in their order. */
export const inputNames = [
  ...(['name', 'stock', 'perUser', 'opensAt', 'closesAt', 'usableFrom', 'usableUntil'] as const),
  ...(['timeZone', 'couponTitle', 'kind', 'worth', 'currency'] as const),
] as const

export type InputName = (typeof inputNames)[number]

/** A rule of eligibility as it was typed: a claim, and its values with commas between them. */
export type RuleInput = { claim: string; anyOf: string }

/** What was typed into the form of a campaign. Times are those of a clock on the wall. */
export type CampaignInput = Record<InputName, string> & { rules: readonly RuleInput[] }

/** Digits behind the point of a currency: 0 for KRW, 2 for USD. Undefined when it is no currency. */
export const minorDigits = (currency: string): number | undefined => {
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

type EligibilityRule = { claim: string; anyOf: string[] }

/** The rules that were typed. Undefined when one has no claim or no value. */
const toRules = (rules: readonly RuleInput[]): EligibilityRule[] | undefined => {
  const typed = rules.filter(({ claim, anyOf }) => claim.trim() !== '' || anyOf.trim() !== '')
  const read = typed.map(({ claim, anyOf }) => ({
    claim: claim.trim(),
    anyOf: anyOf
      .split(',')
      .map((value) => value.trim())
      .filter((value) => value !== ''),
  }))
  return read.every(({ claim, anyOf }) => claim !== '' && anyOf.length > 0) ? read : undefined
}

const toText = (text: string): string | undefined => text.trim() || undefined

/** Each field as the API wants it. Undefined: it cannot be understood. The API checks what it means. */
export const readFields = (input: CampaignInput) => ({
  name: toText(input.name),
  stock: toCount(input.stock),
  perUser: toCount(input.perUser),
  opensAt: toTime(input.opensAt),
  closesAt: toTime(input.closesAt),
  /** Null: from the opening on. */
  usableFrom: input.usableFrom.trim() === '' ? null : toTime(input.usableFrom),
  usableUntil: toTime(input.usableUntil),
  timeZone: toText(input.timeZone),
  couponTitle: toText(input.couponTitle),
  worth: toDiscount(input),
  eligibility: toRules(input.rules),
})

type Fields = ReturnType<typeof readFields>
export type FieldName = keyof Fields

/** The fields of these that cannot be understood. */
export const notUnderstood = (fields: Fields, names = Object.keys(fields) as FieldName[]): FieldName[] =>
  names.filter((name) => fields[name] === undefined)

const areUnderstood = (fields: Fields): fields is { [Name in FieldName]: Exclude<Fields[Name], undefined> } =>
  notUnderstood(fields).length === 0

/** The campaign that was typed, or the fields that cannot be understood. */
export const readCampaignForm = (input: CampaignInput): NewCampaign | FieldName[] => {
  const fields = readFields(input)
  if (!areUnderstood(fields)) return notUnderstood(fields)
  const { perUser, couponTitle, worth, usableFrom, usableUntil, ...rest } = fields
  return {
    ...{ ...rest, perUserLimit: perUser },
    coupon: {
      ...{ title: couponTitle, discount: worth, usableUntil },
      ...(usableFrom === null ? {} : { usableFrom }),
    },
  }
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
export const costOf = (stock: number, discount: Discount): { value: string; total: string } => {
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

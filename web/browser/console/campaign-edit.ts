import type { Campaign, CampaignEdit } from '../../../client/contract-types.ts'
import {
  type CampaignInput,
  type FieldName,
  type InputName,
  minorDigits,
  notUnderstood,
  type RuleInput,
  readFields,
} from './campaign-form.ts'

/** The inputs of a field; one of the same name where nothing stands here. */
const inputsOfField: Partial<Record<FieldName, readonly InputName[]>> = {
  worth: ['kind', 'worth', 'currency'],
}

/** The inputs that a field consists of. Those of eligibility are rules. */
export const inputsOf = (field: FieldName): readonly InputName[] =>
  field === 'eligibility' ? [] : (inputsOfField[field] ?? [field])

/** A time of this machine's clock, as an input of the browser has it: without seconds where they are 0. */
export const localTime = (ms: number): string => {
  const zoneMs = new Date(ms).getTimezoneOffset() * 60_000
  return new Date(ms - zoneMs).toISOString().slice(0, 19).replace(/:00$/, '')
}

/** A whole number of the smallest unit as it is typed: 1250 with two digits is `12.50`. */
const minorText = (value: number, currency: string): string => {
  const digits = minorDigits(currency) ?? 0
  const text = String(value).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** What the form of a campaign shows at first. */
export const inputOfCampaign = ({ coupon, ...campaign }: Campaign): CampaignInput => {
  const { discount } = coupon
  const currency = discount.kind === 'amount' ? (discount.currency ?? '') : ''
  const time = (text: string): string => localTime(Date.parse(text))
  return {
    ...{ name: campaign.name, stock: String(campaign.stock), perUser: String(campaign.perUserLimit) },
    ...{ opensAt: time(campaign.opensAt), closesAt: time(campaign.closesAt) },
    ...{ usableFrom: time(coupon.usableFrom), usableUntil: time(coupon.usableUntil) },
    ...{ timeZone: campaign.timeZone, couponTitle: coupon.title, kind: discount.kind, currency },
    worth: discount.kind === 'amount' ? minorText(discount.value, currency) : String(discount.value),
    rules: campaign.eligibility.map(({ claim, anyOf }) => ({ claim, anyOf: anyOf.join(', ') })),
  }
}

/** Rules as one text, without those that say nothing. */
const rulesText = (rules: readonly RuleInput[]): string =>
  rules
    .map(({ claim, anyOf }) => `${claim.trim()}: ${anyOf.trim()}`)
    .filter((text) => text !== ': ')
    .join('; ')

/** A field as it was typed, for people. */
export const inputText = (field: FieldName, input: CampaignInput): string => {
  if (field === 'eligibility') return rulesText(input.rules)
  if (field !== 'worth') return input[field].replace('T', ' ')
  return input.kind === 'percent' ? `${input.worth} %` : `${input.worth} ${input.currency}`.trim()
}

/** The fields in which two inputs differ. What was not touched is as it was, however it is written. */
export const changedFields = (input: CampaignInput, before: CampaignInput): FieldName[] =>
  (Object.keys(readFields(input)) as FieldName[]).filter((field) =>
    field === 'eligibility'
      ? rulesText(input.rules) !== rulesText(before.rules)
      : inputsOf(field).some((name) => input[name] !== before[name]),
  )

/** The edit that was typed: the changed fields alone. Or the fields that cannot be understood. */
export const readCampaignEdit = (
  input: CampaignInput,
  before: CampaignInput,
): Omit<CampaignEdit, 'reason'> | FieldName[] => {
  const [fields, changed] = [readFields(input), changedFields(input, before)]
  const faults = notUnderstood(fields, changed)
  if (faults.length > 0) return faults
  const given = <Name extends FieldName>(name: Name): ReturnType<typeof readFields>[Name] | undefined =>
    changed.includes(name) ? fields[name] : undefined
  const coupon = {
    ...{ title: given('couponTitle'), discount: given('worth') },
    ...{ usableFrom: given('usableFrom'), usableUntil: given('usableUntil') },
  }
  return {
    ...{ name: given('name'), stock: given('stock'), perUserLimit: given('perUser') },
    ...{ opensAt: given('opensAt'), closesAt: given('closesAt'), timeZone: given('timeZone') },
    eligibility: given('eligibility'),
    ...(Object.values(coupon).some((value) => value !== undefined) ? { coupon } : {}),
  }
}

const fieldOfPointer: Readonly<Record<string, FieldName>> = {
  ...{ '/name': 'name', '/stock': 'stock', '/perUserLimit': 'perUser', '/timeZone': 'timeZone' },
  ...{ '/opensAt': 'opensAt', '/closesAt': 'closesAt', '/eligibility': 'eligibility' },
  ...{ '/coupon/title': 'couponTitle', '/coupon/discount': 'worth' },
  ...{ '/coupon/usableFrom': 'usableFrom', '/coupon/usableUntil': 'usableUntil' },
}

/** The field that a JSON pointer of the API is about. */
export const fieldAt = (pointer: string): FieldName | undefined =>
  Object.entries(fieldOfPointer).find(([own]) => pointer === own || pointer.startsWith(`${own}/`))?.[1]

import type { Campaign, CampaignDocument, CouponTerms, PublicState } from '../../coupon/campaign.ts'
import type { Redeemed } from '../../coupon/ledger/redemptions.ts'
import type { Coupon } from '../../coupon/reading/coupon-sources.ts'
import { rehearsedCampaign } from '../../coupon/rehearsal-rule.ts'

const dayMs = 86_400_000
const digits = (length: number): string[] =>
  Array.from({ length: 10 ** length }, (_, value) => String(value).padStart(length, '0'))
const [two, three] = [digits(2), digits(3)]

let day = { number: 0, text: '1970-01-01T' }
let last = { ms: 0, text: '1970-01-01T00:00:00.000Z' }

const timeText = (ms: number): string => {
  const number = Math.floor(ms / dayMs)
  if (number !== day.number) day = { number, text: new Date(ms).toISOString().slice(0, -13) }
  const inDay = ms - number * dayMs
  const minutes = Math.floor(inDay / 60_000)
  const seconds = Math.floor(inDay / 1_000) - minutes * 60
  return `${day.text}${two[Math.floor(minutes / 60)]}:${two[minutes % 60]}:${two[seconds]}.${three[inDay % 1_000]}Z`
}

/**
 * A time, as whole milliseconds, in the format of the API: RFC 3339, UTC, milliseconds. The last one is
 * cached, because all grants of a gate call have the same time. Its day is too: those of a list share it.
 */
export const formatTime = (ms: number): string => {
  if (ms !== last.ms) last = { ms, text: timeText(ms) }
  return last.text
}

const writeTerms = (terms: CouponTerms) => ({
  title: terms.title,
  discount: terms.discount,
  usableFrom: formatTime(terms.usableFromMs),
  usableUntil: formatTime(terms.usableUntilMs),
})

const written = new WeakMap<CouponTerms, ReturnType<typeof writeTerms>>()

/** `coupon` of a campaign. Written once per campaign instead of once per coupon. */
export const toTermsJson = (terms: CouponTerms) => {
  const known = written.get(terms) ?? writeTerms(terms)
  written.set(terms, known)
  return known
}

/** `Coupon` of docs/api.md. */
export const toCouponJson = ({ grant, terms, state }: Coupon) => {
  const { title, discount, usableFrom, usableUntil } = toTermsJson(terms)
  return {
    id: grant.couponId,
    campaignId: grant.campaignId,
    userId: grant.userId,
    slot: grant.slot,
    rank: grant.rank,
    state,
    title,
    discount,
    issuedAt: formatTime(grant.grantedAtMs),
    usableFrom,
    usableUntil,
  }
}

/** `Redemption` of docs/api.md: what an order needs of the coupon. It is the same at every repeat. */
export const toRedemptionJson = ({ coupon: { grant, terms }, redemption }: Redeemed) => ({
  couponId: grant.couponId,
  orderId: redemption.orderId,
  redeemedAt: formatTime(redemption.atMs),
  campaignId: grant.campaignId,
  userId: grant.userId,
  title: terms.title,
  discount: terms.discount,
})

/** The state of a campaign at its gate at one moment. */
export type CampaignMoment = {
  state: PublicState
  stock: number
  granted: number
  /** When the last coupon was taken, while it is sold out. */
  soldOutAtMs?: number | undefined
  nowMs: number
}

/** `soldOutAt` of a campaign. */
export const formatSoldOut = ({ soldOutAtMs }: CampaignMoment): string | null =>
  soldOutAtMs === undefined ? null : formatTime(soldOutAtMs)

/** `Campaign` of docs/api.md as everyone sees it. */
export const toPublicCampaignJson = (id: string, document: CampaignDocument, moment: CampaignMoment) => ({
  id,
  name: document.name,
  state: moment.state,
  stock: moment.stock,
  remaining: Math.max(0, moment.stock - moment.granted),
  perUserLimit: document.perUserLimit,
  opensAt: formatTime(document.opensAtMs),
  closesAt: formatTime(document.closesAtMs),
  soldOutAt: formatSoldOut(moment),
  timeZone: document.timeZone ?? 'UTC',
  eligibility: document.eligibility ?? [],
  coupon: toTermsJson(document.coupon),
  serverTime: formatTime(moment.nowMs),
})

/** `Campaign` of docs/api.md as operators see it. */
export const toCampaignJson = (campaign: Campaign, moment: CampaignMoment & { recovery: string | null }) => ({
  ...toPublicCampaignJson(campaign.id, campaign, moment),
  granted: moment.granted,
  version: campaign.version,
  epoch: campaign.epoch,
  recovery: moment.recovery,
  rehearsalOf: rehearsedCampaign(campaign) ?? null,
})

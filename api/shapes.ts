import type { Campaign, CampaignDocument, CouponTerms, PublicState } from '../coupon/campaign.ts'
import type { Coupon } from '../coupon/coupons.ts'

/** A time as the API writes it: RFC 3339, UTC, milliseconds. */
export const instant = (ms: number): string => new Date(ms).toISOString()

/** Coupon of api.md. */
export const couponShape = ({ grant, terms, state }: Coupon) => ({
  id: grant.couponId,
  campaignId: grant.campaignId,
  userId: grant.userId,
  slot: grant.slot,
  rank: grant.rank,
  state,
  title: terms.title,
  discount: terms.discount,
  issuedAt: instant(grant.grantedAtMs),
  usableFrom: instant(terms.usableFromMs),
  usableUntil: instant(terms.usableUntilMs),
})

const termsShape = (terms: CouponTerms) => ({
  title: terms.title,
  discount: terms.discount,
  usableFrom: instant(terms.usableFromMs),
  usableUntil: instant(terms.usableUntilMs),
})

/** What the gate says of a campaign at one moment. */
export type CampaignMoment = { state: PublicState; stock: number; granted: number; nowMs: number }

const documentShape = (id: string, document: CampaignDocument, moment: CampaignMoment) => ({
  id,
  name: document.name,
  state: moment.state,
  stock: moment.stock,
  remaining: Math.max(0, moment.stock - moment.granted),
  perUserLimit: document.perUserLimit,
  opensAt: instant(document.opensAtMs),
  closesAt: instant(document.closesAtMs),
  coupon: termsShape(document.coupon),
  serverTime: instant(moment.nowMs),
})

/** Campaign of api.md as anyone may see it. */
export const publicCampaignShape = documentShape

/** Campaign of api.md as operators see it. */
export const campaignShape = (campaign: Campaign, moment: CampaignMoment) => ({
  ...documentShape(campaign.id, campaign, moment),
  granted: moment.granted,
  version: campaign.version,
  epoch: campaign.epoch,
})

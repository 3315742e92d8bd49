import { type Campaign, type CampaignTerms, termsOf } from '../campaign.ts'
import { rehearsalRule } from '../rehearsal-rule.ts'

/** Who presses in a rehearsal. Without `stock` it is that of the campaign, at most half of the shoppers. */
export type RehearsalPlan = { shoppers: number; perSecond: number; stock?: number | undefined }

/** One shopper of so many presses a second time, right after the first answer. */
export const shoppersPerRepeat = 10

/** A rehearsal presses for at most this long. */
export const pressingMsMax = 600_000

/** Time for answers that are late. After it the rehearsal is over, also when its process died. */
const graceMs = 60_000

/** The clock of the gate is only estimated here: no press may come before the opening. */
const openedBeforeMs = 1_000

const nameLengthMax = 200

/** As many characters of Unicode as a name may have. */
const cut = (text: string): string => Array.from(text).slice(0, nameLengthMax).join('')

/** All presses of a plan: the first ones and the repeated ones. */
const pressesOf = ({ shoppers }: Pick<RehearsalPlan, 'shoppers'>): number =>
  shoppers + Math.ceil(shoppers / shoppersPerRepeat)

/** How long the presses of a plan take. */
export const pressingMs = (plan: RehearsalPlan): number =>
  Math.ceil((pressesOf(plan) * 1_000) / plan.perSecond)

/**
 * Terms of the shadow of a campaign. It opens now, and closes by itself soon after the last press. Nobody
 * with a token of the shop is eligible. Its coupons expired in 1970: nobody can ever use one.
 */
export const rehearsalTerms = (
  { id, ...campaign }: CampaignTerms & Pick<Campaign, 'id'>,
  plan: RehearsalPlan,
  nowMs: number,
): CampaignTerms =>
  termsOf({
    name: cut(`Rehearsal: ${campaign.name}`),
    stock: plan.stock ?? Math.max(1, Math.min(campaign.stock, Math.floor(plan.shoppers / 2))),
    opensAtMs: nowMs - openedBeforeMs,
    closesAtMs: nowMs + pressingMs(plan) + graceMs,
    perUserLimit: campaign.perUserLimit,
    coupon: {
      title: cut(`Rehearsal, cannot be used: ${campaign.coupon.title}`),
      discount: campaign.coupon.discount,
      usableFromMs: 0,
      usableUntilMs: 1,
    },
    eligibility: [rehearsalRule(id)],
    timeZone: campaign.timeZone,
  })

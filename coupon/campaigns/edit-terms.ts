import { type CampaignTerms, type CouponTerms, termsOf } from '../campaign.ts'

/**
 * Fields of a campaign to change; what is left out stays. `usableFromMs: null`: when the campaign opens. No
 * eligibility rules: everyone.
 */
export type CampaignEdit = {
  [Field in Exclude<keyof CampaignTerms, 'coupon'>]?: CampaignTerms[Field] | undefined
} & {
  coupon?:
    | {
        [Field in keyof CouponTerms]?:
          | CouponTerms[Field]
          | (Field extends 'usableFromMs' ? null : never)
          | undefined
      }
    | undefined
}

/** `undefined` for what an edit leaves out, so that it does not hide what is there. */
const given = <Fields extends object>(fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** The terms after an edit. */
export const editTerms = (
  before: CampaignTerms,
  { coupon: couponEdit = {}, ...edit }: CampaignEdit,
): CampaignTerms => {
  const { coupon } = before
  const terms = { ...before, ...given(edit) }
  const { usableFromMs, ...ofCoupon } = couponEdit
  return termsOf({
    ...terms,
    coupon: {
      ...coupon,
      ...given(ofCoupon),
      usableFromMs: usableFromMs === null ? terms.opensAtMs : (usableFromMs ?? coupon.usableFromMs),
    },
  })
}

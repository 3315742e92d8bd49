import type { CampaignTerms, CouponTerms } from '../campaign.ts'

/** Fields of a campaign to change; what is left out stays. `usableFromMs: null`: when the campaign opens. */
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
  { name, stock, opensAtMs, closesAtMs, perUserLimit, coupon }: CampaignTerms,
  { coupon: couponEdit = {}, ...edit }: CampaignEdit,
): CampaignTerms => {
  const terms = { name, stock, opensAtMs, closesAtMs, perUserLimit, ...given(edit) } as CampaignTerms
  const { usableFromMs, ...ofCoupon } = couponEdit
  return {
    ...terms,
    coupon: {
      ...coupon,
      ...given(ofCoupon),
      usableFromMs: usableFromMs === null ? terms.opensAtMs : (usableFromMs ?? coupon.usableFromMs),
    },
  }
}

import { z } from 'zod'
import { type CampaignTerms, termsOf, timeShape } from '../../coupon/campaign.ts'
import { findContradictions } from '../../coupon/campaigns/terms-rules.ts'
import { slotMax, stockMax } from '../../coupon/grant.ts'
import { discountValue } from './coupon-shapes.ts'
import { askedEligibilityShape, timeZoneShape } from './eligibility.ts'
import { label } from './label.ts'
import { named } from './named-schema.ts'

/** A time of a request: RFC 3339 with any offset, as epoch milliseconds. */
export const timeText = z.iso
  .datetime({ offset: true, error: 'expected a time as in 2026-11-27T09:00:00.000Z (RFC 3339)' })
  .transform((text) => Date.parse(text))
  // 9999-12-31T22:00-03:00 is a valid RFC 3339 time, but RFC 3339 cannot write it in UTC.
  .refine((ms) => timeShape.safeParse(ms).success, 'expected a time from 1970 to 9999 (UTC)')

const exampleCampaign = {
  name: 'Black Friday',
  stock: 10_000,
  opensAt: '2030-11-29T09:00:00+09:00',
  closesAt: '2030-11-30T00:00:00+09:00',
  coupon: {
    title: '10,000 won off',
    discount: { kind: 'amount', value: 10_000, currency: 'KRW' },
    usableUntil: '2030-12-31T23:59:59+09:00',
  },
}

/** The body of a request to create a campaign. Unknown fields are rejected. */
export const createCampaignShape = named(
  'NewCampaign',
  z
    .strictObject({
      name: label(),
      stock: z.int().min(1).max(stockMax),
      opensAt: timeText,
      closesAt: timeText,
      perUserLimit: z.int().min(1).max(slotMax).default(1),
      eligibility: askedEligibilityShape.default([]),
      timeZone: timeZoneShape.default('UTC'),
      coupon: z.strictObject({
        title: label(),
        discount: discountValue,
        usableFrom: timeText.optional().describe('`opensAt` when left out.'),
        usableUntil: timeText,
      }),
    })
    .transform(
      ({ opensAt, closesAt, coupon, ...input }): CampaignTerms =>
        termsOf({
          ...input,
          opensAtMs: opensAt,
          closesAtMs: closesAt,
          coupon: {
            title: coupon.title,
            discount: coupon.discount,
            usableFromMs: coupon.usableFrom ?? opensAt,
            usableUntilMs: coupon.usableUntil,
          },
        }),
    )
    .superRefine((terms, context) => {
      for (const { pointer, message } of findContradictions(terms))
        context.addIssue({ code: 'custom', path: pointer.slice(1).split('/'), message })
    })
    .meta({
      description:
        '`closesAt` is after `opensAt` and after now. `usableUntil` is after `usableFrom` and not before `closesAt`. ' +
        'Times lie in the years 1970 to 9999.',
      sample: exampleCampaign,
    }),
)

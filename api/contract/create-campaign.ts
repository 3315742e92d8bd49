import { z } from 'zod'
import { type CampaignTerms, timeShape } from '../../coupon/campaign.ts'
import { slotMax, stockMax } from '../../coupon/grant.ts'
import type { FieldError } from '../problem.ts'
import { discountValue } from './coupon-shapes.ts'
import { label } from './label.ts'
import { named } from './named-schema.ts'

const timeText = z.iso
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
      coupon: z.strictObject({
        title: label(),
        discount: discountValue,
        usableFrom: timeText.optional().describe('`opensAt` when left out.'),
        usableUntil: timeText,
      }),
    })
    .superRefine((input, context) => {
      const usableFrom = input.coupon.usableFrom ?? input.opensAt
      if (input.closesAt <= input.opensAt)
        context.addIssue({ code: 'custom', path: ['closesAt'], message: 'expected a time after opensAt' })
      if (input.coupon.usableUntil <= usableFrom)
        context.addIssue({
          code: 'custom',
          path: ['coupon', 'usableUntil'],
          message: 'expected a time after usableFrom (which is opensAt when left out)',
        })
    })
    .transform(
      ({ name, stock, opensAt, closesAt, perUserLimit, coupon }): CampaignTerms => ({
        name,
        stock,
        opensAtMs: opensAt,
        closesAtMs: closesAt,
        perUserLimit,
        coupon: {
          title: coupon.title,
          discount: coupon.discount,
          usableFromMs: coupon.usableFrom ?? opensAt,
          usableUntilMs: coupon.usableUntil,
        },
      }),
    )
    .meta({
      description:
        '`closesAt` is after `opensAt` and after now. `usableUntil` is after `usableFrom` and not before `closesAt`. ' +
        'Times lie in the years 1970 to 9999.',
      sample: exampleCampaign,
    }),
)

/**
 * What makes a new campaign pointless at `nowMs`: nobody could win, or a winner could get a coupon that has
 * expired. Not a part of the shape: a repeat of a creation is answered whatever the time is by now.
 */
export const findPointlessTimes = (
  { closesAtMs, coupon: { usableUntilMs } }: CampaignTerms,
  nowMs: number,
): FieldError[] => {
  const errors: FieldError[] = []
  if (closesAtMs <= nowMs) errors.push({ pointer: '/closesAt', message: 'expected a time after now' })
  if (usableUntilMs <= nowMs)
    errors.push({ pointer: '/coupon/usableUntil', message: 'expected a time after now' })
  else if (usableUntilMs < closesAtMs)
    errors.push({ pointer: '/coupon/usableUntil', message: 'expected closesAt or a later time' })
  return errors
}

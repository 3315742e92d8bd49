import { z } from 'zod'
import type { CampaignEdit } from '../../coupon/campaigns/edit-terms.ts'
import { slotMax, stockMax } from '../../coupon/grant.ts'
import { discountValue } from './coupon-shapes.ts'
import { timeText } from './create-campaign.ts'
import { askedEligibilityShape, timeZoneShape } from './eligibility.ts'
import { label } from './label.ts'
import { named } from './named-schema.ts'

const reason = label('expected why, in 1 to 200 characters').meta({
  description: 'Why it is changed. It is kept with the change.',
  examples: ['The supplier has more.'],
})

/** The body of a pause, a resumption or a closure. */
export const changeShape = named('CampaignChange', z.strictObject({ reason }))

/** The body of a new stock. */
export const stockChangeShape = named(
  'StockChange',
  z.strictObject({
    stock: z
      .int()
      .min(1)
      .max(stockMax)
      .meta({ description: 'The new stock in all, above what it was.', examples: [12_000] }),
    reason,
  }),
)

/** If-Match as clients see it. */
export const ifMatchValue = z
  .string()
  .regex(/^(?:\*|"[1-9][0-9]{0,9}")$/)
  .meta({
    description: 'The `ETag` of the campaign as it was read, or `*` for whichever version it has.',
    examples: ['"1"'],
  })

/**
 * The body of an edit: a JSON merge patch (RFC 7396) of the document that creates a campaign, and a reason.
 */
export const editShape = named(
  'CampaignEdit',
  z
    .strictObject({
      reason,
      name: label().optional(),
      stock: z.int().min(1).max(stockMax).optional(),
      opensAt: timeText.optional(),
      closesAt: timeText.optional(),
      perUserLimit: z.int().min(1).max(slotMax).nullish(),
      eligibility: askedEligibilityShape.nullish(),
      timeZone: timeZoneShape.nullish(),
      coupon: z
        .strictObject({
          title: label().optional(),
          discount: discountValue.optional(),
          usableFrom: timeText.nullish(),
          usableUntil: timeText.optional(),
        })
        .optional(),
    })
    .transform(({ reason: why, opensAt, closesAt, coupon, ...fields }) => ({
      reason: why,
      edit: {
        ...{ name: fields.name, stock: fields.stock },
        opensAtMs: opensAt,
        closesAtMs: closesAt,
        perUserLimit: fields.perUserLimit === null ? 1 : fields.perUserLimit,
        eligibility: fields.eligibility === null ? [] : fields.eligibility,
        timeZone: fields.timeZone === null ? 'UTC' : fields.timeZone,
        coupon: coupon && {
          ...{ title: coupon.title, discount: coupon.discount },
          usableFromMs: coupon.usableFrom,
          usableUntilMs: coupon.usableUntil,
        },
      } satisfies CampaignEdit,
    }))
    .describe(
      'A JSON merge patch: what is left out stays, and `null` is the default of a field that has one. `discount` ' +
        'and `eligibility` are replaced as a whole. Afterwards the campaign is one that could be created.',
    ),
)

/** The version of a campaign as an entity tag (RFC 9110, section 8.8.3). */
export const versionTag = (version: number): string => `"${version}"`

/**
 * Reads If-Match with the entity tag of a version, or `*` for any: `any`. `undefined` when it is missing or
 * malformed.
 */
export const parseIfMatch = (header: string | undefined): number | 'any' | undefined => {
  if (header?.trim() === '*') return 'any'
  const digits = /^\s*"([1-9]\d{0,9})"\s*$/.exec(header ?? '')?.[1]
  return digits === undefined ? undefined : Number(digits)
}

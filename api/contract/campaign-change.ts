import { z } from 'zod'
import { discountShape } from '../../coupon/campaign.ts'
import type { CampaignEdit } from '../../coupon/campaigns/edit-terms.ts'
import { slotMax, stockMax } from '../../coupon/grant.ts'
import { timeText } from './create-campaign.ts'
import { eligibilityShape, timeZoneShape } from './eligibility.ts'
import { label } from './label.ts'

const reason = label('expected why, in 1 to 200 characters')

/** The body of a pause, a resumption or a closure. */
export const changeShape = z.strictObject({ reason })

/** The body of a new stock. */
export const stockChangeShape = z.strictObject({ stock: z.int().min(1).max(stockMax), reason })

/**
 * The body of an edit: a JSON merge patch (RFC 7396) of the document that creates a campaign, and a reason.
 * What is left out stays; `null` is the default of a field that has one. A discount is replaced as a whole.
 */
export const editShape = z
  .strictObject({
    reason,
    name: label().optional(),
    stock: z.int().min(1).max(stockMax).optional(),
    opensAt: timeText.optional(),
    closesAt: timeText.optional(),
    perUserLimit: z.int().min(1).max(slotMax).nullish(),
    eligibility: eligibilityShape.nullish(),
    timeZone: timeZoneShape.nullish(),
    coupon: z
      .strictObject({
        title: label().optional(),
        discount: discountShape.optional(),
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

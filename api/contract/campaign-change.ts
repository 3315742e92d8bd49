import { z } from 'zod'
import { stockMax } from '../../coupon/grant.ts'
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

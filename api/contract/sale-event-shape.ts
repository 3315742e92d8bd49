import { z } from 'zod'
import { stockMax } from '../../coupon/grant.ts'
import { changeAction } from './campaign-shapes.ts'
import { named } from './named-schema.ts'
import { idValue, sentence, timeValue } from './shared-shapes.ts'
import { milestoneKind } from './timeline-shape.ts'

const coupons = () => z.int().min(1).max(stockMax).nullable()

/** Something that happened in a sale: a milestone, or a change of the campaign. */
export const saleEventShape = named(
  'SaleEvent',
  z.object({
    campaignId: idValue('A campaign of the frame.'),
    at: timeValue('When it was granted, or recorded.'),
    kind: z.enum([...milestoneKind.exclude(['last']).options, ...changeAction.options]),
    rank: coupons().describe('The grant of a milestone; null for a change.'),
    stock: coupons().describe('The stock then, or after the change; null when it is not known.'),
    by: sentence().nullable().describe('Who changed it; null for a milestone, and for what the system did.'),
    reason: sentence().nullable(),
  }),
)

/** A `SaleEvent`. */
export type SaleEventJson = z.infer<typeof saleEventShape>

import { z } from 'zod'
import { orderIdValue } from './coupon-shapes.ts'
import { named } from './named-schema.ts'
import { idValue, sentence, timeValue } from './shared-shapes.ts'

const fieldErrorShape = z.object({
  pointer: z
    .string()
    .max(1_000)
    .describe('A JSON pointer into the body, or `/` and the name of a query parameter.'),
  message: sentence().describe('What was expected.'),
})

/** Every problem document. Only some codes have the fields after `code`. */
export const problemShape = named(
  'Problem',
  z
    .object({
      type: z.string().max(100).describe('The path of a page for people: `/problems/{code}`.'),
      title: z.string().max(100).describe('The code in words. It can change.'),
      status: z.int().min(400).max(599).describe('The status of the answer.'),
      detail: sentence().describe('What happened this time, for people. It can change.'),
      code: z.string().max(64).describe('What programs decide by. A code never changes its meaning.'),
      errors: z
        .array(fieldErrorShape)
        .max(1_000)
        .optional()
        .describe('With `invalid`: every invalid value. With `frozen`: what an edit may not change.'),
      claim: z.string().max(64).optional().describe('With `not-eligible`: the claim that is not as asked.'),
      campaignId: idValue('With `rehearsal-under-way`: the campaign of that rehearsal.').optional(),
      opensAt: timeValue('With `not-open`: when the campaign opens.').optional(),
      usableFrom: timeValue('With `not-usable-yet`: from when on it can be used.').optional(),
      usableUntil: timeValue('With `expired`: the first moment when it could no longer be used.').optional(),
      orderId: orderIdValue.optional().describe('With `already-redeemed`, for order services: the order.'),
      serverTime: timeValue('With `not-open`: the time of the gate.').optional(),
    })
    .describe('Every error (RFC 9457).'),
)

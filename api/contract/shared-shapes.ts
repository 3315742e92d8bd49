import { z } from 'zod'
import { idPattern, slotMax, userIdPattern } from '../../coupon/grant.ts'

/** A time in an answer. */
export const timeValue = (meaning: string, example = '2030-11-29T00:00:00.000Z') =>
  z.iso.datetime().meta({
    description: `${meaning} RFC 3339 in UTC with milliseconds.`,
    examples: [example],
  })

/** An id in an answer. */
export const idValue = (meaning: string) =>
  z
    .string()
    .regex(idPattern)
    .meta({
      description: `${meaning} Treat it as opaque.`,
      examples: ['0199fe69-7d10-770e-92dc-168166463406'],
    })

/** The id of a shopper in an answer. */
export const userIdValue = z
  .string()
  .regex(userIdPattern)
  .meta({ description: 'The `sub` of the token of its owner.', examples: ['user-7'] })

/** Text of our own in an answer: a reason, a note. */
export const sentence = () => z.string().max(10_000)

/** Versions and epochs, as the ledger holds them. */
export const counter = () => z.int().min(0).max(4_294_967_295)

/** A slot of a campaign. */
export const slotValue = z
  .int()
  .min(1)
  .max(slotMax)
  .describe("Which of the shopper's coupons of this campaign it is. At most the campaign's `perUserLimit`.")

/** When an answer is worth another look. */
export const refreshAfterValue = z.int().min(1).max(60_000).optional()

/** The cursor in the answer of a list. */
export const nextCursor = z
  .string()
  .max(64)
  .nullable()
  .meta({ description: 'The `cursor` of the next page; null on the last one.', examples: [null] })

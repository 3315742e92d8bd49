import { z } from 'zod'
import { idPattern, slotMax, userIdPattern } from '../../coupon/grant.ts'

/** A time in an answer. */
export const timeValue = (meaning: string) =>
  z.iso.datetime().describe(`${meaning} RFC 3339 in UTC with milliseconds.`)

/** An id in an answer. */
export const idValue = (meaning: string) =>
  z.string().regex(idPattern).describe(`${meaning} Treat it as opaque.`)

/** The id of a shopper in an answer. */
export const userIdValue = z.string().regex(userIdPattern).describe('The `sub` of the token of its owner.')

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
  .describe('The `cursor` of the next page; null on the last one.')

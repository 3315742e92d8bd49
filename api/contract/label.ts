import { z } from 'zod'

/**
 * Text for people, as the columns of the ledger hold it: 1 to 200 characters. `error` is the message for what
 * is no text.
 */
export const label = (error?: string) =>
  z
    .string(error === undefined ? {} : { error })
    .min(1)
    .max(200)
    .refine((text) => text.trim().length > 0, 'expected more than spaces')
    .refine((text) => text.isWellFormed(), 'expected whole Unicode characters')

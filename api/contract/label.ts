import { z } from 'zod'

/** Characters of Unicode, as the columns of the ledger and a JSON schema count them. */
const lengthMax = 200
const controlCharacter = /\p{Cc}/u

/**
 * One line of text for people: 1 to 200 characters. `error` is the message for what is no text.
 */
export const label = (error?: string) =>
  z
    .string(error === undefined ? {} : { error })
    .refine((text) => text.trim().length > 0, 'expected more than spaces')
    .refine((text) => Array.from(text).length <= lengthMax, `expected at most ${lengthMax} characters`)
    .refine((text) => text.isWellFormed(), 'expected whole Unicode characters')
    .refine((text) => !controlCharacter.test(text), 'expected one line without control characters')
    .meta({ minLength: 1, maxLength: lengthMax })

/** Text in an answer that was a `label` when it was sent. */
export const labelValue = () => z.string().meta({ maxLength: lengthMax })

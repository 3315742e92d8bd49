import { z } from 'zod'
import { stockMax } from '../../coupon/grant.ts'
import { label } from './label.ts'
import { named } from './named-schema.ts'

/** More than any deployment allows: REHEARSAL_SHOPPERS_MAX and REHEARSAL_RATE_MAX have the same bounds. */
const [shoppersMax, perSecondMax] = [1_000_000, 100_000]

/** The body of a request to rehearse a campaign. */
export const newRehearsalShape = named(
  'NewRehearsal',
  z
    .strictObject({
      shoppers: z
        .int()
        .min(1)
        .max(shoppersMax)
        .meta({
          description: 'How many synthetic shoppers press. One in ten presses twice.',
          examples: [20_000],
        }),
      perSecond: z
        .int()
        .min(1)
        .max(perSecondMax)
        .optional()
        .meta({
          description: 'Presses a second; as many as are allowed when left out.',
          examples: [1_000],
        }),
      stock: z
        .int()
        .min(1)
        .max(stockMax)
        .optional()
        .describe(
          'At most one for each shopper. That of the campaign when left out, at most half of the shoppers.',
        ),
      reason: label('expected why, in 1 to 200 characters').meta({
        description: 'Why it is rehearsed. It is kept with the creation of the rehearsal.',
        examples: ['Friday evening, with twice the crowd.'],
      }),
    })
    .describe('At most as many shoppers and presses a second as `readOperator` says, within 10 minutes.'),
)

/** What one rehearsal may do here; null where rehearsals are off. */
export const rehearsalLimitsShape = z
  .object({
    shoppersMax: z.int().min(1).max(shoppersMax).describe('Shoppers of one rehearsal.'),
    perSecondMax: z.int().min(1).max(perSecondMax).describe('Presses a second of one rehearsal.'),
  })
  .nullable()
  .describe('What a rehearsal may do; null where rehearsals are off.')

import { z } from 'zod'
import { letterGroups } from '../../coupon/dead-letters/letter-groups.ts'
import { label } from './label.ts'
import { named } from './named-schema.ts'
import { counter, idValue, sentence, slotValue, timeValue, userIdValue } from './shared-shapes.ts'

/** Letters of one request to redrive. */
export const redrivenMax = 1_000

/** Bytes of a key or a value that an answer has. */
export const shownBytesMax = 8_192

const amount = () => z.int().min(0).max(Number.MAX_SAFE_INTEGER)

/** `0:17`: partition and offset. */
const positionValue = (meaning: string) =>
  z
    .string()
    .regex(/^\d{1,9}:\d{1,15}$/)
    .meta({ description: `${meaning} Partition and offset.`, examples: ['0:17'] })

/** Why records became letters. */
export const letterGroupValue = z
  .enum(letterGroups as [string, ...string[]])
  .meta({ description: 'Why. `other` are reasons of another version.', examples: ['late'] })

const headFields = {
  id: positionValue('Where the letter is.'),
  reason: letterGroupValue,
  givenReason: sentence().describe('The reason as it was written.'),
  message: sentence().describe('The case in words.'),
  time: timeValue('When it became a letter. Null when what was written is no time.').nullable(),
  origin: z.object({
    partition: amount().nullable(),
    offset: amount().nullable(),
    appendedAt: timeValue('When the record was appended to the log. Null when no date holds it.').nullable(),
  }),
  redrives: amount().describe('How often its record was redriven before.'),
  redriveOf: positionValue('The letter before, when its record was redriven.').nullable(),
}

const headShape = named('DeadLetterHead', z.object(headFields))

const groupShape = z.object({
  reason: letterGroupValue,
  open: amount().describe('Letters that were not redriven.'),
  oldest: timeValue('When the first of them became a letter.').nullable(),
  newest: timeValue('When the last of them became a letter.').nullable(),
  advice: sentence().describe('What to do, in English or Korean by Accept-Language.'),
})

/** The open letters. */
export const deadLetterListShape = named(
  'DeadLetterList',
  z.object({
    readAt: timeValue('When the topic was read.'),
    complete: z
      .boolean()
      .describe('False when the topic has more than one reading covers: older letters are not known here.'),
    open: amount().describe('Letters that were not redriven, of every reason.'),
    groups: z.array(groupShape).max(letterGroups.length).describe('By reason, the largest first.'),
    items: z.array(headShape).max(100).describe('The newest open letters that were asked for.'),
  }),
)

const bytesShape = z
  .object({
    bytes: amount().describe('How long it is.'),
    form: z.enum(['text', 'hex']).describe('`text` when all of it is UTF-8.'),
    content: z
      .string()
      .max(2 * shownBytesMax)
      .describe('Written by anybody: never show it as HTML.'),
    cut: z.boolean().describe(`Whether only the first ${shownBytesMax} bytes are here.`),
  })
  .nullable()

const grantFields = z.object({
  couponId: idValue('The coupon.'),
  campaignId: idValue('Its campaign.'),
  userId: userIdValue,
  slot: slotValue,
  rank: counter(),
  epoch: counter(),
  grantedAt: timeValue('When it was granted.').nullable(),
})

const redrivenFields = {
  to: positionValue('Where its record is in the log now.'),
  redrivenAt: timeValue('When. Null when what was written is no time.').nullable(),
  by: sentence().nullable().describe('Who. Null when `npm run dlq` did it.'),
  why: sentence().nullable(),
}

/** All of a letter. */
export const deadLetterShape = named(
  'DeadLetter',
  z.object({
    ...headFields,
    state: z.enum(['open', 'redriven']),
    redriven: z.object(redrivenFields).nullable(),
    key: bytesShape.describe('The key of the record.'),
    value: bytesShape.describe('The value of the record.'),
    grant: grantFields.nullable().describe('What its value says, when that is a grant.'),
    advice: sentence().describe('What to do, in English or Korean by Accept-Language.'),
  }),
)

const dryRun = z.boolean({ error: 'expected true or false' }).meta({
  description: 'True: says what would happen, and appends nothing.',
  examples: [true],
})
const why = label('expected why, in 1 to 200 characters')
  .optional()
  .meta({
    description: 'Why. Needed unless `dryRun` is true; kept with the letter.',
    examples: ['The campaign is restored.'],
  })
/** Nothing is redriven without a reason. */
const hasReason = ({ dryRun: isDry, reason }: { dryRun: boolean; reason?: string | undefined }): boolean =>
  isDry || reason !== undefined
const noReason = { path: ['reason'], error: 'expected why, in 1 to 200 characters' }

/** The body of a redrive of one letter. */
export const redriveShape = named(
  'Redrive',
  z.strictObject({ dryRun, reason: why }).refine(hasReason, noReason),
)

/** The body of a redrive of many. */
export const redriveManyShape = named(
  'RedriveMany',
  z
    .strictObject({
      dryRun,
      reason: why,
      onlyReason: letterGroupValue.optional().describe('Only letters of this reason; all when left out.'),
    })
    .refine(hasReason, noReason),
)

const outlookShape = z.object({
  kind: z
    .enum(['row', 'recorded', 'skipped', 'dead-letter', 'unknown'])
    .describe(
      '`row`: it becomes one. `recorded`: the ledger has it, and nothing changes. `skipped`: it is a marker. ' +
        '`dead-letter`: it becomes one again. `unknown`: the ledger did not answer.',
    ),
  reason: letterGroupValue.nullable().describe('With `dead-letter`: why.'),
  message: sentence().nullable().describe('With `dead-letter`: the case in words.'),
})

/** What a redrive did, or would do. */
export const redriveResultShape = named(
  'RedriveResult',
  z.object({
    dryRun: z.boolean(),
    letters: z
      .array(
        z.object({
          id: positionValue('The letter.'),
          reason: letterGroupValue,
          toPartition: amount().nullable().describe('The partition of the log to which its record goes.'),
          outcome: z
            .enum(['planned', 'redriven', 'not-acknowledged'])
            .describe('`not-acknowledged`: the record may be in the log again. The letter is open.'),
          to: positionValue('Where the record is in the log now.').nullable(),
          outlook: outlookShape
            .nullable()
            .describe('With `planned`: what the recorder would do, each alone.'),
        }),
      )
      .max(redrivenMax),
    left: amount().describe('Open letters that were meant too, and were not reached: ask again.'),
  }),
)

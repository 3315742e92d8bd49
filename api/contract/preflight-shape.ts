import { z } from 'zod'
import { slotMax, stockMax } from '../../coupon/grant.ts'
import { eligibilityShape } from './eligibility.ts'
import { named } from './named-schema.ts'
import { counter, idValue, sentence, timeValue } from './shared-shapes.ts'

const exactAmount = (meaning: string) =>
  z
    .string()
    .regex(/^[0-9]{1,24}$/)
    .describe(`${meaning} In the minor unit of the currency, as text: it can be above 2^53.`)

const moneyShape = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('amount'),
    currency: z.string().length(3).nullable(),
    value: z.int().min(1).max(Number.MAX_SAFE_INTEGER),
    coupons: z.int().min(1).max(stockMax),
    total: exactAmount('What all coupons are worth together.'),
    perUser: exactAmount('What one person can get at most.'),
  }),
  z.object({
    kind: z.literal('percent'),
    value: z.int().min(1).max(100),
    coupons: z.int().min(1).max(stockMax),
  }),
])

const zonedTimeShape = (meaning: string) =>
  z.object({
    at: timeValue(meaning),
    local: z.iso.datetime({ offset: true }).describe('The same moment in the time zone of the campaign.'),
  })

const doubtShape = z.object({
  code: z.string().max(64).describe('What programs decide by. A code never changes its meaning.'),
  level: z.enum(['warning', 'failed']).describe('`failed`: it cannot do what it is for.'),
  pointer: z.string().max(100).describe('The field of the campaign; empty for its state.'),
  message: sentence(),
})

const findingShape = z.object({
  ...{ place: z.string().max(64), name: z.string().max(200) },
  level: z.enum(['warning', 'failed', 'unknown']),
  ...{ found: sentence(), expected: sentence(), fix: sentence(), why: sentence() },
})

const preflightFields = {
  serverTime: timeValue('The time of the gate.'),
  verdict: z
    .enum(['ok', 'warning', 'failed'])
    .describe('The worst of doubts and findings. `warning` too where the servers are not known.'),
  words: z
    .array(sentence())
    .max(50)
    .describe('All of it for people, in English or Korean by Accept-Language.'),
  money: moneyShape,
  who: z.object({
    eligibility: eligibilityShape,
    perUserLimit: z.int().min(1).max(slotMax),
  }),
  times: z.object({
    timeZone: z.string().max(64),
    opensAt: zonedTimeShape('When the sale begins.'),
    closesAt: zonedTimeShape('The first moment after the sale.'),
    usableFrom: zonedTimeShape('When coupons can be used.'),
    usableUntil: zonedTimeShape('The first moment at which they have expired.'),
  }),
  doubts: z.array(doubtShape).max(20).describe('What contradicts itself, the worst first.'),
  servers: z
    .object({
      examinedAt: timeValue('When the servers were examined.'),
      unread: z.array(z.string().max(64)).max(10).describe('Places that did not answer.'),
      findings: z.array(findingShape).max(200).describe('What is not ok, as `npm run doctor` finds it.'),
    })
    .nullable()
    .describe('Null when the servers did not answer in time: ask again.'),
}

/** What would happen if nobody changed anything. */
export const preflightShape = named(
  'Preflight',
  z.object({
    campaignId: idValue('The campaign that was looked at.'),
    version: counter().describe('The version of its settings that was looked at.'),
    ...preflightFields,
  }),
)

/** What would happen if a campaign were created. */
export const plannedPreflightShape = named('PlannedPreflight', z.object(preflightFields))

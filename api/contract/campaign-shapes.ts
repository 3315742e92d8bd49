import { z } from 'zod'
import { slotMax, stockMax } from '../../coupon/grant.ts'
import { termsShape } from './coupon-shapes.ts'
import { eligibilityShape } from './eligibility.ts'
import { labelValue } from './label.ts'
import { named } from './named-schema.ts'
import { counter, idValue, nextCursor, refreshAfterValue, sentence, timeValue } from './shared-shapes.ts'

const couponTerms = named(
  'CouponTerms',
  z.object(termsShape).describe('What every coupon of a campaign says.'),
)

const settings = {
  name: labelValue().meta({ examples: ['Black Friday'] }),
  stock: z
    .int()
    .min(1)
    .max(stockMax)
    .meta({ description: 'How many coupons there are in all.', examples: [10_000] }),
  perUserLimit: z.int().min(1).max(slotMax).describe('How many coupons one shopper can have.'),
  opensAt: timeValue('When the sale begins.'),
  closesAt: timeValue('The first moment after the sale.', '2030-11-29T15:00:00.000Z'),
  timeZone: z.string().max(64).describe('The zone in which people speak of its times: an IANA name.'),
  eligibility: eligibilityShape.describe('What the token of a caller must have. None: everyone.'),
  coupon: couponTerms,
}

/** The fields of a campaign that everyone sees. */
export const publicFields = {
  id: idValue('Ids sort by time.'),
  ...settings,
  state: z.enum(['scheduled', 'open', 'paused', 'sold-out', 'closed', 'recovering']).meta({
    description: '`recovering`: the gate is being recovered or cannot be read, and figures may be too low.',
    examples: ['open'],
  }),
  remaining: z
    .int()
    .min(0)
    .max(stockMax)
    .meta({ description: 'Coupons that are left.', examples: [9_999] }),
  soldOutAt: timeValue('When the last coupon was taken. Null unless it is `sold-out`.').nullable(),
  serverTime: timeValue(
    'The time of the gate, by which campaigns open and close.',
    '2030-11-29T00:00:00.456Z',
  ),
}

/** A campaign as everyone sees it. */
export const publicCampaignShape = named(
  'PublicCampaign',
  z.object({
    ...publicFields,
    refreshAfterMs: refreshAfterValue.describe(
      'When to ask again. Add a random delay of up to as much, because a cached answer gives everybody the same value. It is missing when nothing will change.',
    ),
  }),
)

const operatorFields = {
  ...publicFields,
  granted: z
    .int()
    .min(0)
    .max(stockMax)
    .meta({ examples: [1] }),
  version: counter().describe('Counts the changes of its settings. It is the ETag too.'),
  epoch: counter().describe('Counts how often its gate was armed.'),
  recovery: sentence()
    .nullable()
    .meta({
      description: 'How far the recovery of the gate is, in words; null in every state but `recovering`.',
      examples: [null],
    }),
  rehearsalOf: idValue('')
    .nullable()
    .meta({
      description: 'The campaign that this one rehearses; null for a real campaign.',
      examples: [null],
    }),
}

/** A campaign as operators see it. */
export const campaignShape = named('Campaign', z.object(operatorFields))

/** A campaign that was changed. */
export const changedCampaignShape = named(
  'ChangedCampaign',
  z.object({
    ...operatorFields,
    recorded: z
      .boolean()
      .describe('The database has the change. Else it is a pause that Redis alone has; a worker records it.'),
    applied: z.boolean().describe('The gate decides by the change. Else a worker brings it there.'),
    detail: sentence().optional().describe('What is still missing, in words, when it is not recorded.'),
  }),
)

/** A page of campaigns. */
export const campaignListShape = named(
  'CampaignList',
  z.object({ items: z.array(campaignShape).max(100), nextCursor }),
)

/** What was done to a campaign. */
export const changeAction = z.enum([
  'created',
  'paused',
  'resumed',
  'closed',
  'stock-raised',
  'adopted',
  'edited',
  'taken-back',
])

const changeRecordShape = named(
  'Change',
  z.object({
    version: counter().describe('The version that the change made.'),
    action: changeAction,
    at: timeValue('When it was recorded.'),
    by: sentence().nullable().describe('Who asked for it; null for what the system did.'),
    from: sentence().nullable().describe('The address that the request came from.'),
    reason: sentence().nullable(),
    settings: z.object(settings).describe('The settings after the change.'),
  }),
)

/** The changes of a campaign, newest first. */
export const changeListShape = named('ChangeList', z.object({ items: z.array(changeRecordShape).max(1_000) }))

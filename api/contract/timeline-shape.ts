import { z } from 'zod'
import { stockMax } from '../../coupon/grant.ts'
import type { RecordedChange } from '../../coupon/ledger/change-settings.ts'
import type { Milestone } from '../../coupon/ledger/milestones.ts'
import type { Timeline } from '../../coupon/ledger/sale-timeline.ts'
import { formatTime } from './answers.ts'
import { changeAction } from './campaign-shapes.ts'
import { named } from './named-schema.ts'
import { counter, idValue, sentence, timeValue } from './shared-shapes.ts'

const rank = () => z.int().min(1).max(stockMax)
const stock = () => z.int().min(1).max(stockMax)

/** What a grant can be a milestone of. */
export const milestoneKind = z
  .enum(['first', 'half', 'thousandth', 'sold-out', 'last'])
  .describe('`half` and `sold-out` are of the stock at that time. `last` is the last grant so far.')

const milestoneShape = named(
  'Milestone',
  z.object({
    kind: milestoneKind,
    rank: rank(),
    at: timeValue('When it was granted.'),
    stock: stock().nullable().describe('The stock at that time; null when it is not known.'),
  }),
)

const timelineChangeShape = named(
  'TimelineChange',
  z.object({
    version: counter().describe('The version that the change made.'),
    action: changeAction,
    at: timeValue('When it was recorded.'),
    by: sentence().nullable().describe('Who asked for it; null for what the system did.'),
    reason: sentence().nullable(),
    stock: stock().describe('The stock after the change.'),
  }),
)

/** What happened in a sale. */
export const timelineShape = named(
  'Timeline',
  z.object({
    campaignId: idValue('The campaign.'),
    name: z.string().max(200),
    timeZone: z.string().max(64).describe('The zone in which people speak of its times: an IANA name.'),
    opensAt: timeValue('When the sale begins.'),
    closesAt: timeValue('The first moment after the sale.'),
    milestones: z.array(milestoneShape).max(200).describe('By rank.'),
    points: z
      .array(z.object({ rank: rank(), at: timeValue('When it was granted.') }))
      .max(600)
      .describe('Grants at even distances, and those of milestones, by rank.'),
    changes: z.array(timelineChangeShape).max(1_000).describe('The newest 1,000, oldest first.'),
  }),
)

const toMilestoneJson = ({ kind, rank: own, atMs, stock: then }: Milestone) => ({
  ...{ kind, rank: own, at: formatTime(atMs), stock: then ?? null },
})

const toChangeJson = ({ version, action, atMs, by, reason, settings }: RecordedChange) => ({
  ...{ version, action, at: formatTime(atMs), by, reason, stock: settings.stock },
})

/** `Timeline` of docs/api.md. */
export const toTimelineJson = ({ campaign, milestones, points, changes }: Timeline) => ({
  campaignId: campaign.id,
  name: campaign.name,
  timeZone: campaign.timeZone ?? 'UTC',
  opensAt: formatTime(campaign.opensAtMs),
  closesAt: formatTime(campaign.closesAtMs),
  milestones: milestones.map(toMilestoneJson),
  points: points.map(({ rank: own, atMs }) => ({ rank: own, at: formatTime(atMs) })),
  changes: changes.toReversed().map(toChangeJson),
})

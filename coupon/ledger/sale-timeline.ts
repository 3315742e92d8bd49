import type { Campaign } from '../campaign.ts'
import type { CampaignRepository } from './campaigns.ts'
import type { RecordedChange } from './change-settings.ts'
import type { GrantTimes } from './grant-times.ts'
import { type Milestone, milestoneRanks, milestonesOf, stockAt, stockLevelsOf } from './milestones.ts'

/** When a rank was granted. */
export type GrantPoint = { rank: number; atMs: number }

/** What happened in a sale, as the ledger has it. `changes` are newest first, `points` by rank. */
export type Timeline = {
  campaign: Campaign
  milestones: Milestone[]
  points: GrantPoint[]
  changes: RecordedChange[]
}

/** More than a campaign has that people change by hand. */
const changesMax = 1_000

/** Ranks beside those of milestones, of which there are a hundred at most. */
const evenRanksMax = 480

/** Up to `count` ranks from 1 to the last, as far from each other as they can be. */
export const evenRanks = (lastRank: number, count: number): number[] => {
  const length = Math.min(lastRank, count)
  const step = length < 2 ? 0 : (lastRank - 1) / (length - 1)
  return Array.from({ length }, (_, index) => 1 + Math.round(index * step))
}

export type TimelineReader = (campaignId: string) => Promise<Timeline | undefined>

/**
 * Reads a timeline at the same cost however many winners there are. `undefined` for an unknown campaign.
 * Rejects `unavailable` when the database does not answer.
 */
export const createTimelineReader =
  (campaigns: Pick<CampaignRepository, 'read' | 'changes'>, times: GrantTimes): TimelineReader =>
  async (campaignId) => {
    const campaign = await campaigns.read(campaignId)
    if (campaign === undefined) return undefined
    const lastRank = (await times.lastRank(campaignId)) ?? 0
    // After the last rank: each of these grants came under a change that is read here.
    const changes = await campaigns.changes(campaignId, changesMax)
    const levels = stockLevelsOf(changes)
    const ranks = new Set([...milestoneRanks(levels, lastRank), ...evenRanks(lastRank, evenRanksMax)])
    const found =
      (await times.read(new Map([[campaignId, [...ranks]]]))).get(campaignId) ?? new Map<number, number>()
    const points = [...found]
      .map(([rank, atMs]): GrantPoint => ({ rank, atMs }))
      .toSorted((one, other) => one.rank - other.rank)
    const last = points.at(-1)
    const milestones = milestonesOf(levels, found)
    if (last !== undefined) milestones.push({ kind: 'last', ...last, stock: stockAt(levels, last.atMs) })
    return { campaign, milestones, points, changes }
  }

import type { RecordedChange } from '../../coupon/ledger/change-settings.ts'
import type { GrantTimes } from '../../coupon/ledger/grant-times.ts'
import { milestoneRanks, milestonesOf, stockLevelsOf } from '../../coupon/ledger/milestones.ts'
import { formatTime } from '../contract/answers.ts'
import type { SaleEventJson } from '../contract/sale-event-shape.ts'

/** What a frame knows of a campaign when its events are asked for. */
export type SaleFigures = { id: string; version: number; granted: number | null; recorded: number | null }

/** The newest events of the campaigns of a frame. */
export type SaleEvents = {
  /**
   * Newest first, at most `saleEventsMax`. Rejects when the ledger does not answer what has to be asked; what
   * was learnt is kept.
   */
  read(campaigns: readonly SaleFigures[]): Promise<SaleEventJson[]>
}

export type SaleEventsOptions = {
  times: Pick<GrantTimes, 'read'>
  /** The newest changes of each campaign, newest first, up to `limit` each. */
  readChanges(ids: readonly string[], limit: number): Promise<Map<string, RecordedChange[]>>
}

/** Events of a frame. */
export const saleEventsMax = 50

/** Of one campaign: their stock is also what its milestones follow from. */
const changesMax = 20

type Known = { version: number | undefined; changes: readonly RecordedChange[]; times: Map<number, number> }

const eventsOf = (
  campaignId: string,
  { changes, times }: Known,
): { atMs: number; event: SaleEventJson }[] => [
  ...milestonesOf(stockLevelsOf(changes), times).map(({ kind, rank, atMs, stock }) => ({
    atMs,
    event: {
      ...{ campaignId, at: formatTime(atMs), kind, rank, stock: stock ?? null, by: null, reason: null },
    } as SaleEventJson,
  })),
  ...changes.map(({ action, atMs, settings, by, reason }) => ({
    atMs,
    event: {
      ...{ campaignId, at: formatTime(atMs), kind: action, rank: null, stock: settings.stock, by, reason },
    } as SaleEventJson,
  })),
]

/**
 * Remembers what it read of the campaigns of the last frame. It asks for changes when the version of a
 * campaign is another one, and for milestones that are reached and not known yet. A frame in which nothing
 * happened costs nothing, any other at most two statements.
 */
export const createSaleEvents = ({ times, readChanges }: SaleEventsOptions): SaleEvents => {
  let known = new Map<string, Known>()

  const learnChanges = async (campaigns: readonly SaleFigures[]): Promise<void> => {
    const changed = campaigns.filter(({ id, version }) => known.get(id)?.version !== version)
    if (changed.length === 0) return
    const ids = changed.map(({ id }) => id)
    const found = await readChanges(ids, changesMax)
    for (const { id, version } of changed) {
      const before = known.get(id)
      known.set(id, {
        version,
        changes: found.get(id) ?? [],
        times: before?.times ?? new Map<number, number>(),
      })
    }
  }

  const learnTimes = async (campaigns: readonly SaleFigures[]): Promise<void> => {
    const missing = campaigns.map(({ id, granted, recorded }) => {
      const { changes = [], times: own } = known.get(id) ?? {}
      // A grant without a row is not asked for yet.
      const ranks = milestoneRanks(stockLevelsOf(changes), recorded ?? granted ?? 0)
      return [id, ranks.filter((rank) => own?.has(rank) !== true)] as const
    })
    if (missing.every(([, ranks]) => ranks.length === 0)) return
    for (const [id, found] of await times.read(new Map(missing)))
      for (const [rank, atMs] of found) known.get(id)?.times.set(rank, atMs)
  }

  return {
    async read(campaigns) {
      const ids = new Set(campaigns.map(({ id }) => id))
      known = new Map([...known].filter(([id]) => ids.has(id)))
      await learnChanges(campaigns)
      await learnTimes(campaigns)
      return (
        campaigns
          .flatMap(({ id }) => {
            const own = known.get(id)
            return own === undefined ? [] : eventsOf(id, own)
          })
          // Of one millisecond the later one comes first too.
          .toReversed()
          .toSorted((one, other) => other.atMs - one.atMs)
          .slice(0, saleEventsMax)
          .map(({ event }) => event)
      )
    },
  }
}

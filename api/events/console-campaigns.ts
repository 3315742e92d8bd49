import { publicState } from '../../coupon/campaign.ts'
import type { LiveCampaign, Registry } from '../../coupon/campaigns/registry.ts'
import type { KeeperGate } from '../../coupon/gate/keeper-gate.ts'

/** A campaign on the console. What its gate did not tell is null. */
export type ConsoleCampaign = {
  id: string
  name: string
  state: string
  version: number
  epoch: number
  stock: number | null
  granted: number | null
  /** Grants that the log has not confirmed, and the age of the oldest. */
  outbox: number | null
  outboxOldestMs: number | null
}

/** The most active campaigns, which every frame shows. */
export const activeCampaignsMax = 20

/** Other open campaigns that are looked at in a frame, in turn: one that grants again is shown again. */
const othersInFrameMax = 50

/** Overdue entries are of no interest here: none is, and the oldest has its age all the same. */
const noOverdue = { overdueMs: 86_400_000, entriesMax: 1 }

const order = ['open', 'recovering', 'sold-out', 'paused', 'scheduled', 'closed']

/** Reads the gates of the most active campaigns and of those that are watched: one command each. */
export const createConsoleCampaigns = (
  registry: Pick<Registry, 'live' | 'gateNowMs' | 'keepFresh'>,
  gate: Pick<KeeperGate, 'inspect'>,
) => {
  /** When the grants of a campaign last changed, as they were seen here. */
  let changes = new Map<string, { granted: number; atMs: number }>()

  const note = (id: string, granted: number, nowMs: number): void => {
    const before = changes.get(id)
    // What was never seen before has not changed. A view can be older than an inspection.
    if (before === undefined) changes.set(id, { granted, atMs: 0 })
    else if (granted > before.granted) changes.set(id, { granted, atMs: nowMs })
  }
  let nextOther = 0
  const lookAtOthers = (others: readonly string[]): void => {
    const count = Math.min(othersInFrameMax, others.length)
    for (let place = 0; place < count; place += 1)
      registry.keepFresh(others[(nextOther + place) % others.length] ?? '')
    nextOther = others.length === 0 ? 0 : (nextOther + count) % others.length
  }

  const stateOf = ({ view }: LiveCampaign, nowMs: number): string =>
    view.armed
      ? publicState({ ...view.document, state: view.state, stock: view.stock }, view.granted, nowMs)
      : 'recovering'
  const changedAtMs = ({ id }: LiveCampaign): number => changes.get(id)?.atMs ?? 0

  const read = async (campaign: LiveCampaign, nowMs: number): Promise<ConsoleCampaign> => {
    const { id, view, version } = campaign
    const { epoch, document } = view
    const inspected = await gate
      .inspect(id, epoch, noOverdue.overdueMs, noOverdue.entriesMax)
      .catch(() => undefined)
    const common = { id, name: document.name, epoch }
    if (inspected?.kind !== 'in-order') {
      const unknown = { stock: null, granted: null, outbox: null, outboxOldestMs: null }
      return { ...common, version, state: inspected === undefined ? 'silent' : 'recovering', ...unknown }
    }
    const { granted, stock, grantsPending, oldestAgeMs } = inspected
    note(id, granted, nowMs)
    return {
      ...{ ...common, version: inspected.version, stock, granted },
      state: publicState({ ...document, state: view.state, stock }, granted, nowMs),
      ...{ outbox: grantsPending, outboxOldestMs: oldestAgeMs },
    }
  }

  return {
    /**
     * The most active campaigns first, then those of `watched` that are live too, and how many others are
     * live. Never rejects.
     */
    async read(watched: readonly string[]): Promise<{ campaigns: ConsoleCampaign[]; others: number }> {
      const nowMs = registry.gateNowMs()
      const live = registry.live().map((campaign) => ({ campaign, state: stateOf(campaign, nowMs) }))
      for (const { campaign } of live) note(campaign.id, campaign.view.granted, nowMs)
      const byActivity = live.toSorted(
        (one, other) =>
          order.indexOf(one.state) - order.indexOf(other.state) ||
          changedAtMs(other.campaign) - changedAtMs(one.campaign) ||
          (one.campaign.id < other.campaign.id ? 1 : -1),
      )
      const less = byActivity.slice(activeCampaignsMax)
      const isWatched = new Set(watched)
      const shown = [
        ...byActivity.slice(0, activeCampaignsMax),
        ...less.filter(({ campaign }) => isWatched.has(campaign.id)),
      ]
      lookAtOthers(less.flatMap(({ campaign, state }) => (state === 'open' ? [campaign.id] : [])))
      const ids = new Set(live.map(({ campaign }) => campaign.id))
      changes = new Map([...changes].filter(([id]) => ids.has(id)))
      const campaigns = await Promise.all(shown.map(({ campaign }) => read(campaign, nowMs)))
      return { campaigns, others: live.length - shown.length }
    },
  }
}

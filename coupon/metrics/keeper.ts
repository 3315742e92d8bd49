import type { Metrics } from '../../platform/metrics/metrics.ts'
import type { Sample } from '../../platform/metrics/family.ts'
import type { Campaign } from '../campaign.ts'
import type { KeeperGate, InspectResult } from '../gate/keeper-gate.ts'
import type { Keeper } from '../recovery/keeper.ts'

type InOrder = Extract<InspectResult, { kind: 'in-order' }>

/** What the last look at a gate said; `silent`: it did not answer. */
type Look = InspectResult | { kind: 'silent' }

/** What a keeper last saw of each gate. */
export type LastInspections = {
  /** The same gate: whoever looks through it is noted. */
  readonly gate: KeeperGate
  at(campaignId: string): Look | undefined
  /** Forgets all but these. */
  keepOnly(campaignIds: ReadonlySet<string>): void
}

export const createLastInspections = (gate: KeeperGate): LastInspections => {
  const looks = new Map<string, Look>()
  return {
    gate: {
      ...gate,
      async inspect(campaignId, ...asked) {
        try {
          const inspected = await gate.inspect(campaignId, ...asked)
          looks.set(campaignId, inspected)
          return inspected
        } catch (cause) {
          looks.set(campaignId, { kind: 'silent' })
          throw cause
        }
      },
    },
    at: (campaignId) => looks.get(campaignId),
    keepOnly(campaignIds) {
      for (const id of looks.keys()) if (!campaignIds.has(id)) looks.delete(id)
    },
  }
}

/** Campaigns with a label of their own: the newest. All older ones together are `other`. */
const campaignsMax = 100

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** One sample a campaign, newest first; those past the bound in one. */
const samplesOf = (
  facts: readonly { id: string; value: number }[],
  together: (values: readonly number[]) => number,
): Sample[] => {
  const newestFirst = facts.toSorted((left, right) => (left.id < right.id ? 1 : -1))
  const rest = newestFirst.slice(campaignsMax)
  const other = { labels: { campaign: 'other' }, value: together(rest.map(({ value }) => value)) }
  const named = newestFirst
    .slice(0, campaignsMax)
    .map(({ id, value }) => ({ labels: { campaign: id }, value }))
  return rest.length === 0 ? named : [...named, other]
}

/** What the keeper knows of the live gates, as of its last look: some hundred milliseconds old. */
export const showKeeper = (keeper: Keeper, looks: LastInspections, metrics: Metrics): void => {
  const seen = (): { campaign: Campaign; look: Look | undefined }[] => {
    const kept = keeper.kept()
    looks.keepOnly(new Set(kept.map(({ id }) => id)))
    return kept.map((campaign) => ({ campaign, look: looks.at(campaign.id) }))
  }
  const ofGates = (name: string, help: string, value: (inspected: InOrder) => number, together = sum): void =>
    metrics.gauge({
      ...{ name, help },
      read: () =>
        samplesOf(
          seen().flatMap(({ campaign: { id }, look }) =>
            look?.kind === 'in-order' ? [{ id, value: value(look) }] : [],
          ),
          together,
        ),
    })
  ofGates(
    'firstcome_campaign_granted_coupons',
    'Coupons that a live gate in order has granted.',
    ({ granted }) => granted,
  )
  ofGates('firstcome_campaign_stock_coupons', 'Stock of a live gate in order.', ({ stock }) => stock)
  ofGates(
    'firstcome_outbox_grants',
    'Grants that the log has not confirmed, of a live gate in order.',
    ({ grantsPending }) => grantsPending,
  )
  ofGates(
    'firstcome_outbox_oldest_age_seconds',
    "Age of the oldest entry in the outbox of a live gate in order, by the gate's clock; 0 when it is empty.",
    ({ oldestAgeMs }) => oldestAgeMs / 1_000,
    (values) => Math.max(...values),
  )
  metrics.gauge({
    name: 'firstcome_campaign_epoch',
    help: 'Epoch of a live campaign in the ledger: up by one at every arming.',
    read: () =>
      samplesOf(
        keeper.kept().map(({ id, epoch }) => ({ id, value: epoch })),
        (values) => Math.max(...values),
      ),
  })
  metrics.gauge({
    name: 'firstcome_gates',
    help: 'Live gates by what the last look said: in-order, recovering (to be armed), or silent (no answer).',
    read: () => {
      const counts = { 'in-order': 0, recovering: 0, silent: 0 }
      for (const { look } of seen()) {
        const kind = look?.kind ?? 'silent'
        counts[kind === 'epoch' ? 'recovering' : kind] += 1
      }
      return Object.entries(counts).map(([state, value]) => ({ labels: { state }, value }))
    },
  })
  metrics.gauge({
    name: 'firstcome_gates_arming',
    help: 'Gates that this process is arming now.',
    read: () => keeper.arming().length,
  })
}

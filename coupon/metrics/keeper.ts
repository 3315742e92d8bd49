import type { Sample } from '../../platform/metrics/family.ts'
import type { Metrics } from '../../platform/metrics/metrics.ts'
import type { Campaign } from '../campaign.ts'
import type { InspectResult, KeeperGate } from '../gate/keeper-gate.ts'
import type { Keeper } from '../recovery/keeper.ts'

type InOrder = Extract<InspectResult, { kind: 'in-order' }>

/** The result of an inspection; `silent`: the gate did not answer. */
type Inspection = InspectResult | { kind: 'silent' }

/** The last inspection of each gate by a keeper. */
export type LastInspections = {
  /** The same gate; every inspection through it is noted. */
  readonly gate: KeeperGate
  at(campaignId: string): Inspection | undefined
  /** Forgets all others. */
  keepOnly(campaignIds: ReadonlySet<string>): void
}

export const createLastInspections = (gate: KeeperGate): LastInspections => {
  const inspections = new Map<string, Inspection>()
  return {
    gate: {
      ...gate,
      async inspect(campaignId, ...options) {
        try {
          const inspected = await gate.inspect(campaignId, ...options)
          inspections.set(campaignId, inspected)
          return inspected
        } catch (cause) {
          inspections.set(campaignId, { kind: 'silent' })
          throw cause
        }
      },
    },
    at: (campaignId) => inspections.get(campaignId),
    keepOnly(campaignIds) {
      for (const id of inspections.keys()) if (!campaignIds.has(id)) inspections.delete(id)
    },
  }
}

/** Campaigns with a label of their own: the newest. All older ones together are `other`. */
const campaignsMax = 100

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** One sample per campaign, newest first; those past the bound are one sample, `together`. */
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

/** Shows the live gates as of the keeper's last inspection, which is some hundred milliseconds old. */
export const showKeeper = (keeper: Keeper, lastInspections: LastInspections, metrics: Metrics): void => {
  const inspections = (): { campaign: Campaign; inspection: Inspection | undefined }[] => {
    const campaigns = keeper.campaigns()
    lastInspections.keepOnly(new Set(campaigns.map(({ id }) => id)))
    return campaigns.map((campaign) => ({ campaign, inspection: lastInspections.at(campaign.id) }))
  }
  const ofGates = (name: string, help: string, value: (inspected: InOrder) => number, together = sum): void =>
    metrics.gauge({
      name,
      help,
      read: () =>
        samplesOf(
          inspections().flatMap(({ campaign: { id }, inspection }) =>
            inspection?.kind === 'in-order' ? [{ id, value: value(inspection) }] : [],
          ),
          together,
        ),
    })
  ofGates(
    'firstcome_campaign_granted_coupons',
    'Coupons that a gate has granted. Live gates in order only.',
    ({ granted }) => granted,
  )
  ofGates(
    'firstcome_campaign_stock_coupons',
    'Stock of a gate. Live gates in order only.',
    ({ stock }) => stock,
  )
  ofGates(
    'firstcome_outbox_grants',
    'Grants of a gate that the log has not confirmed. Live gates in order only.',
    ({ grantsPending }) => grantsPending,
  )
  ofGates(
    'firstcome_outbox_oldest_age_seconds',
    'Age of the oldest outbox entry of a gate, by its own clock; 0 when there is none. Live gates in order only.',
    ({ oldestAgeMs }) => oldestAgeMs / 1_000,
    (values) => Math.max(...values),
  )
  metrics.gauge({
    name: 'firstcome_campaign_epoch',
    help: 'Epoch of a live campaign in the ledger; every arming adds 1.',
    read: () =>
      samplesOf(
        keeper.campaigns().map(({ id, epoch }) => ({ id, value: epoch })),
        (values) => Math.max(...values),
      ),
  })
  metrics.gauge({
    name: 'firstcome_gates',
    help: 'Live gates by their last inspection: `in-order`, `recovering` (has to be armed), or `silent` (no answer).',
    read: () => {
      const counts = { 'in-order': 0, recovering: 0, silent: 0 }
      for (const { inspection } of inspections()) {
        const kind = inspection?.kind ?? 'silent'
        counts[kind === 'epoch' ? 'recovering' : kind] += 1
      }
      return Object.entries(counts).map(([state, value]) => ({ labels: { state }, value }))
    },
  })
  metrics.gauge({
    name: 'firstcome_gates_arming',
    help: 'Gates that this process is arming.',
    read: () => keeper.beingArmed().length,
  })
}

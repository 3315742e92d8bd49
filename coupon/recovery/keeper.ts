import { messageOf } from '../../platform/failure.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { Campaign } from '../campaign.ts'
import type { Listing } from '../campaigns/listing.ts'
import type { KeeperGate } from '../gate/keeper-gate.ts'
import type { OutboxEntry } from '../gate/outbox-entry.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'
import type { GrantLog } from '../log/grant-log.ts'
import type { Arming } from './arming.ts'

/**
 * Relays overdue outbox entries to the log and arms gates that are not in order: every worker runs one in a
 * loop. Relaying needs no lease, because two relays of one entry are harmless.
 */
export type Keeper = {
  /**
   * Inspects every live gate once. Never rejects: a gate that does not answer is inspected again next time.
   */
  inspectGates(): Promise<void>
  /** Ids of the campaigns that this process is arming. */
  beingArmed(): readonly string[]
  /** The live campaigns, as of the last inspection. */
  campaigns(): readonly Campaign[]
}

export type KeeperOptions = {
  gate: KeeperGate
  arming: Arming
  grantLog: Pick<GrantLog, 'append'>
  campaigns: CampaignRepository
  listing: Listing
  log: Logger
  /** Age from which an outbox entry is overdue: `publishDeadlineMs` plus `relayMarginMs`. */
  overdueMs: number
}

/** Entries of one gate that are relayed per inspection. */
const entriesInOneInspectionMax = 100
/** Gates that are inspected side by side. */
const inspectionsAtOnceMax = 32

export const createKeeper = (options: KeeperOptions): Keeper => {
  const { gate, arming, grantLog, campaigns, log } = options
  const beingArmed = new Set<string>()
  const draining = new Set<string>()
  let known: Campaign[] = []

  /** Relays overdue entries, and repeats at once while there are more and the log confirms all of them. */
  const drain = async (id: string, epoch: number, overdue: readonly OutboxEntry[]): Promise<void> => {
    draining.add(id)
    try {
      let entries = overdue
      while (entries.length > 0) {
        const outcomes = await Promise.all(entries.map((entry) => grantLog.append(entry)))
        const confirmed = outcomes.filter((outcome) => outcome === 'confirmed').length
        log.info({ campaignId: id, entries: entries.length, confirmed }, 'keeper: relayed overdue entries')
        if (confirmed < entriesInOneInspectionMax) return
        const inspected = await gate.inspect(id, epoch, options.overdueMs, entriesInOneInspectionMax)
        entries = inspected.kind === 'in-order' ? inspected.overdue : []
      }
    } catch (cause) {
      log.debug(
        { campaignId: id, cause: messageOf(cause) },
        'keeper: relaying continues at the next inspection',
      )
    } finally {
      draining.delete(id)
    }
  }

  const needsArming = async ({ id, epoch }: Campaign): Promise<boolean> => {
    const inspected = await gate.inspect(id, epoch, options.overdueMs, entriesInOneInspectionMax)
    if (inspected.kind === 'in-order') {
      // safeguard: the relay of overdue entries
      if (!draining.has(id)) void drain(id, epoch, inspected.overdue)
      return false
    }
    // safeguard: the keeper arms a lost gate
    // safeguard: the keeper arms a gate of an earlier epoch
    if (inspected.kind === 'recovering' || inspected.epoch < epoch) return true
    // The gate may have been armed between the two reads. If it is still ahead, the ledger went back in time.
    const newest = await campaigns.read(id)
    // safeguard: the keeper arms a gate ahead of the ledger
    if (newest === undefined || newest.epoch >= inspected.epoch) return false
    log.error(
      { campaignId: id, gate: inspected.epoch, ledger: newest.epoch },
      'keeper: the ledger went back in time: the epoch of the gate is ahead of it',
    )
    return true
  }

  const arm = async (ids: readonly string[]): Promise<void> => {
    for (const id of ids) beingArmed.add(id)
    try {
      for (const [id, outcome] of await arming.arm(ids, 0))
        if (outcome.kind === 'lost')
          log.warn({ campaignId: id, why: outcome.what }, 'keeper: arming was interrupted and starts over')
    } catch (cause) {
      log.warn(
        { campaigns: ids.length, cause: messageOf(cause) },
        'keeper: arming failed and starts over when the server answers',
      )
    }
    for (const id of ids) beingArmed.delete(id)
  }

  /** Ids of those campaigns that have to be armed. */
  const inspectAll = async (inspected: readonly Campaign[]): Promise<string[]> => {
    const answers = await Promise.all(
      inspected.map((campaign) =>
        needsArming(campaign).catch((cause: unknown) => {
          log.debug({ campaignId: campaign.id, cause: messageOf(cause) }, 'keeper: the gate did not answer')
          return false
        }),
      ),
    )
    return inspected.filter((_, index) => answers[index]).map(({ id }) => id)
  }

  return {
    beingArmed: () => [...beingArmed],
    campaigns: () => known,
    async inspectGates() {
      try {
        known = await campaigns.live()
        await options.listing.put([])
      } catch (cause) {
        // Without the ledger nothing can be armed, but overdue entries can still go into the log.
        log.debug({ cause: messageOf(cause) }, 'keeper: using the campaigns of the last inspection')
      }
      const due = known.filter(({ id }) => !beingArmed.has(id))
      const toArm: string[] = []
      for (let at = 0; at < due.length; at += inspectionsAtOnceMax)
        toArm.push(...(await inspectAll(due.slice(at, at + inspectionsAtOnceMax))))
      if (toArm.length > 0) void arm(toArm)
    },
  }
}

import { messageOf } from '../../platform/failure.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { Arming } from './arming.ts'
import type { Campaign } from '../campaign.ts'
import type { KeeperGate } from '../gate/keeper-gate.ts'
import type { OutboxEntry } from '../gate/outbox-entry.ts'
import type { GrantLog } from '../log/grant-log.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'
import type { Listing } from '../campaigns/listing.ts'

/**
 * The loop in every worker that publishes overdue outbox entries and arms gates that are not armed. It needs no lease to relay:
 * two at once are harmless.
 */
export type Keeper = {
  /** Looks at every live gate once. Never rejects: what does not answer is looked at again next time. */
  look(): Promise<void>
  /** Campaigns that are being armed now. */
  arming(): readonly string[]
  /** The campaigns it keeps. */
  kept(): readonly Campaign[]
}

export type KeeperOptions = {
  gate: KeeperGate
  arming: Arming
  grantLog: Pick<GrantLog, 'append'>
  campaigns: CampaignRepository
  listing: Listing
  log: Logger
  /** Age at which an outbox entry is overdue: `publishDeadlineMs` plus `relayMarginMs`. */
  overdueMs: number
}

/** Entries of one gate that are relayed at one look. */
const entriesInOneLookMax = 100
/** Gates that are looked at side by side. */
const looksAtOnceMax = 32

export const createKeeper = (options: KeeperOptions): Keeper => {
  const { gate, arming, grantLog, campaigns, log } = options
  const beingArmed = new Set<string>()
  const draining = new Set<string>()
  let known: Campaign[] = []

  /** Relays what is overdue, and goes on at once while there is more and the log takes it. */
  const drain = async (id: string, epoch: number, overdue: readonly OutboxEntry[]): Promise<void> => {
    draining.add(id)
    try {
      let entries = overdue
      while (entries.length > 0) {
        const outcomes = await Promise.all(entries.map((entry) => grantLog.append(entry)))
        const confirmed = outcomes.filter((outcome) => outcome === 'confirmed').length
        log.info({ campaignId: id, entries: entries.length, confirmed }, 'relayed overdue entries')
        if (confirmed < entriesInOneLookMax) return
        const inspected = await gate.inspect(id, epoch, options.overdueMs, entriesInOneLookMax)
        entries = inspected.kind === 'in-order' ? inspected.overdue : []
      }
    } catch (cause) {
      log.debug({ campaignId: id, cause: messageOf(cause) }, 'the relay goes on at the next look')
    } finally {
      draining.delete(id)
    }
  }

  /** True when the gate has to be armed. */
  const needsArming = async ({ id, epoch }: Campaign): Promise<boolean> => {
    const inspected = await gate.inspect(id, epoch, options.overdueMs, entriesInOneLookMax)
    if (inspected.kind === 'in-order') {
      // safeguard: the relay of overdue entries
      if (!draining.has(id)) void drain(id, epoch, inspected.overdue)
      return false
    }
    // safeguard: the keeper arms a lost gate
    // safeguard: the keeper arms a gate of an earlier epoch
    if (inspected.kind === 'recovering' || inspected.epoch < epoch) return true
    // Maybe it was armed between our two reads; a gate ahead of its ledger is a ledger that went back.
    const newest = await campaigns.read(id)
    if (newest !== undefined && newest.epoch < inspected.epoch)
      log.error(
        { campaignId: id, gate: inspected.epoch, ledger: newest.epoch },
        'the gate is ahead of the ledger',
      )
    return false
  }

  const arm = async (ids: readonly string[]): Promise<void> => {
    for (const id of ids) beingArmed.add(id)
    try {
      for (const [id, outcome] of await arming.arm(ids, 0))
        if (outcome.kind === 'lost') log.warn({ campaignId: id, why: outcome.what }, 'arming starts over')
    } catch (cause) {
      log.warn({ campaigns: ids.length, cause: messageOf(cause) }, 'arming waits for a server')
    }
    for (const id of ids) beingArmed.delete(id)
  }

  const lookAt = async (looked: readonly Campaign[]): Promise<string[]> => {
    const answers = await Promise.all(
      looked.map((campaign) =>
        needsArming(campaign).catch((cause: unknown) => {
          log.debug({ campaignId: campaign.id, cause: messageOf(cause) }, 'the gate did not answer')
          return false
        }),
      ),
    )
    return looked.filter((_, index) => answers[index]).map(({ id }) => id)
  }

  return {
    arming: () => [...beingArmed],
    kept: () => known,
    async look() {
      try {
        known = await campaigns.live()
        await options.listing.put([])
      } catch (cause) {
        // Without the ledger nothing is armed, but what is overdue can still go into the log.
        log.debug({ cause: messageOf(cause) }, 'the keeper goes on with what it knows')
      }
      const looked = known.filter(({ id }) => !beingArmed.has(id))
      const toArm: string[] = []
      for (let at = 0; at < looked.length; at += looksAtOnceMax)
        toArm.push(...(await lookAt(looked.slice(at, at + looksAtOnceMax))))
      if (toArm.length > 0) void arm(toArm)
    },
  }
}

import { eachAtMost } from '../../platform/each-at-most.ts'
import { messageOf } from '../../platform/failure.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { Campaign } from '../campaign.ts'
import type { Listing } from '../campaigns/listing.ts'
import { createRecordHalt } from '../campaigns/record-halt.ts'
import type { KeeperGate } from '../gate/keeper-gate.ts'
import type { UnrecordedCampaigns } from '../gate/unrecorded-campaigns.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'
import type { GrantLog } from '../log/grant-log.ts'
import { createAgreeOnSettings } from './agree-on-settings.ts'
import type { Arming } from './arming.ts'
import { byUrgency } from './by-urgency.ts'
import { createDueGates, isUnlisted, type RedisLook } from './due-gates.ts'
import { createOutboxRelay } from './outbox-relay.ts'

/**
 * Relays overdue outbox entries to the log, arms gates that are not in order, and keeps ledger, gate and list
 * at the highest version. Every worker runs one in a loop. Only arming needs a lease: two relays of one
 * entry, and two writes of one version, are harmless.
 */
export type Keeper = {
  /**
   * Inspects live gates, in turns when there are many (due-gates.ts). Never rejects: a gate that does not
   * answer is inspected again next time. While the ledger cannot be read it only relays, also for the listed
   * campaigns, at the epochs of their gates.
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
  unrecorded: Pick<UnrecordedCampaigns, 'look'>
  log: Logger
  /**
   * Rejects unless Kafka and Redis belong to one deployment: without the ledger nothing else says so before
   * entries are relayed.
   */
  requireOneDeployment(): Promise<void>
  /** Age from which an outbox entry is overdue: `publishDeadlineMs` plus `relayMarginMs`. */
  overdueMs: number
  now(): number
}

/** Gates that are inspected side by side. */
const inspectionsAtOnceMax = 32

/** Gates that are armed together. They wait for the ledger once, and a lease is held until all are done. */
const armedTogetherMax = 200

/** What Redis held before a look, and the gates that the list lacks. */
type Look = RedisLook & { missing: { id: string; version: number }[] }

export const createKeeper = (options: KeeperOptions): Keeper => {
  const { arming, campaigns, log } = options
  const relay = createOutboxRelay(options)
  const beingArmed = new Set<string>()
  const lostBecause = new Map<string, string>()
  const agreeOnSettings = createAgreeOnSettings(options)
  const recordHalt = createRecordHalt(options)
  const dueGates = createDueGates()
  let known: readonly Campaign[] = []
  let isOneDeployment = false

  const needsArming = async (campaign: Campaign, look: Look): Promise<boolean> => {
    const { id, epoch } = campaign
    const inspected = await relay.inspect(id, epoch)
    if (inspected.kind === 'in-order') {
      // safeguard: the relay of overdue entries
      relay.drain(id, epoch, inspected.overdue)
      const version = await agreeOnSettings(campaign, inspected)
      // safeguard: the keeper records a halt
      if (inspected.halt !== undefined) await recordHalt(id, inspected.halt)
      // safeguard: a gate in order is listed
      if (version !== undefined && isUnlisted(look.listed, id, version)) look.missing.push({ id, version })
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

  /** Each reason is logged once for each campaign, until it changes: a full Redis can last for hours. */
  const noteLost = (campaignId: string, why: string | undefined): void => {
    if (why === undefined) lostBecause.delete(campaignId)
    else if (lostBecause.get(campaignId) !== why) {
      lostBecause.set(campaignId, why)
      log.warn({ campaignId, why }, 'keeper: arming was interrupted and starts over')
    }
  }

  const armTogether = async (ids: readonly string[]): Promise<void> => {
    try {
      const outcomes = await arming.arm(ids, 0, (id) => beingArmed.delete(id))
      for (const [id, outcome] of outcomes) noteLost(id, outcome.kind === 'lost' ? outcome.what : undefined)
    } catch (cause) {
      log.warn(
        { campaigns: ids.length, cause: messageOf(cause) },
        'keeper: arming failed and starts over when the server answers',
      )
    }
    for (const id of ids) beingArmed.delete(id)
  }

  const arm = async (lost: readonly Campaign[], nowMs: number): Promise<void> => {
    for (const { id } of lost) beingArmed.add(id)
    const ids = byUrgency(lost, nowMs).map(({ id }) => id)
    for (let at = 0; at < ids.length; at += armedTogetherMax)
      await armTogether(ids.slice(at, at + armedTogetherMax))
  }

  /** Those of the campaigns that have to be armed. */
  const inspectAll = async (inspected: readonly Campaign[], look: Look): Promise<Campaign[]> => {
    const lost: Campaign[] = []
    await eachAtMost(inspectionsAtOnceMax, inspected, async (campaign) => {
      try {
        const isLost = await needsArming(campaign, look)
        dueGates.inspected(campaign, isLost)
        if (isLost) lost.push(campaign)
      } catch (cause) {
        dueGates.inspected(campaign, true)
        log.debug({ campaignId: campaign.id, cause: messageOf(cause) }, 'keeper: the gate did not answer')
      }
    })
    return lost
  }

  /** Without the ledger nothing can be armed, but overdue entries can still go into the log. */
  const relayAll = async ({ listed, noted }: Look): Promise<void> => {
    // safeguard: no relay into the log of another deployment
    if (!isOneDeployment) await options.requireOneDeployment()
    isOneDeployment = true
    // A gate with an outbox is noted.
    const ids = [...(noted ?? (typeof listed === 'string' ? [] : listed.keys()))]
    // safeguard: the relay by the list of campaigns
    const epochs = new Map(ids.map((id) => [id, 1]))
    for (const { id, epoch } of known)
      if (noted === undefined || noted.has(id)) epochs.set(id, Math.max(epoch, 1))
    const due = [...epochs].filter(([id]) => !beingArmed.has(id))
    await eachAtMost(inspectionsAtOnceMax, due, ([id, epoch]) =>
      relay.relay(id, epoch).catch(() => undefined),
    )
  }

  const armAndList = async (look: Look): Promise<void> => {
    const due = dueGates.due(known, look).filter(({ id }) => !beingArmed.has(id))
    const lost = await inspectAll(due, look)
    if (lost.length > 0) void arm(lost, options.now())
    // A lost list is written whole, also when no campaign is live.
    if (look.missing.length > 0 || look.listed === 'lost') await options.listing.put(look.missing)
  }

  /** Reads of Redis before the gates: one that is retired meanwhile is not listed again. */
  const lookAtRedis = async (): Promise<Look> => {
    const [list, notes] = await Promise.allSettled([options.listing.read(), options.unrecorded.look()])
    return {
      listed: list.status === 'rejected' ? 'silent' : (list.value ?? 'lost'),
      noted:
        notes.status === 'fulfilled' && notes.value.isComplete
          ? new Set(notes.value.notes.keys())
          : undefined,
      fence: notes.status === 'fulfilled' ? notes.value.fence : undefined,
      missing: [],
    }
  }

  return {
    beingArmed: () => [...beingArmed],
    campaigns: () => known,
    async inspectGates() {
      const live = await campaigns.liveOrKnown().catch((cause: unknown) => {
        log.debug(
          { cause: messageOf(cause) },
          'keeper: the ledger cannot be read, so entries are relayed alone',
        )
        return undefined
      })
      known = live ?? known
      try {
        const look = await lookAtRedis()
        await (live === undefined ? relayAll : armAndList)(look)
      } catch (cause) {
        log.debug({ cause: messageOf(cause) }, 'keeper: the inspection was cut short and is repeated')
      }
    },
  }
}

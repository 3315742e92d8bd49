import { randomUUID } from 'node:crypto'
import { Failure } from '../../platform/failure.ts'
import type { Producer } from '../../platform/kafka/producer.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { Database } from '../../platform/mysql/database.ts'
import { isOutOfMemory } from '../../platform/redis.ts'
import type { Campaign } from '../campaign.ts'
import type { Listing } from '../campaigns/listing.ts'
import type { ArmingGate, Seal } from '../gate/arming-gate.ts'
import type { KeeperGate } from '../gate/keeper-gate.ts'
import type { Lost } from '../gate/reply.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'
import type { LogEnds } from '../log/log-ends.ts'
import { relaySurvivors } from '../log/relay-survivors.ts'
import type { Rebuilder } from './rebuilder.ts'

/**
 * The result of arming one campaign. `busy`: another process holds its lease. `lost`: interrupted; a later
 * try finishes.
 */
export type ArmOutcome =
  | { kind: 'armed'; epoch: number; returned: number }
  | { kind: 'in-order' | 'busy' | 'unknown-campaign' | 'retired' }
  | Lost

/**
 * `lastEpoch` is the highest epoch that ends with this arming: that of the ledger, or of a gate ahead of it.
 */
export type StoppedGate = { campaign: Campaign; seal: Seal; lastEpoch: number }

/** The steps of an arming that follow each other, for gates whose leases are held. */
export type ArmingSteps = {
  /**
   * Stops the gate. One that is in order by now is left alone. A gate ahead of its ledger is stopped at its
   * own epoch: the ledger went back in time.
   */
  stop(campaign: Campaign): Promise<StoppedGate | ArmOutcome>
  /**
   * Relays what survived in the outboxes, marks the ends of the log and waits until the ledger has reached
   * them. `undefined` when none of the gates was armed before. Every confirmed grant lies below the ends:
   * only a stopped gate could be open.
   */
  reachEnds(stopped: readonly StoppedGate[]): Promise<Map<number, number> | undefined>
  /** Cuts every ended epoch at the ends, rebuilds the gate for the next one, opens and lists it. */
  finish(stopped: StoppedGate, ends: ReadonlyMap<number, number> | undefined): Promise<ArmOutcome>
}

export type ArmingStepsOptions = {
  gate: KeeperGate
  armingGate: ArmingGate
  database: Database
  campaigns: CampaignRepository
  producer: Producer
  logEnds: LogEnds
  rebuilder: Rebuilder
  listing: Listing
  log: Logger
  /** Returned units are grantable only after every process has forgotten "sold out". */
  soldOutMemoryMs: number
  monotonicMs(): number
}

export const createArmingSteps = (options: ArmingStepsOptions): ArmingSteps => {
  const { gate, armingGate, campaigns, producer, logEnds, log } = options

  const stopAt = async (
    campaign: Campaign,
    lastEpoch: number,
    why: string,
  ): Promise<{ kind: 'stopped'; gate: StoppedGate } | { kind: 'ahead'; epoch: number } | Lost> => {
    const claim = `${lastEpoch}:${randomUUID()}`
    const stopped = await armingGate.stop(campaign.id, lastEpoch, claim)
    if (stopped.kind !== 'stopped') return stopped
    log.warn({ campaignId: campaign.id, epoch: lastEpoch, why }, 'arming: gate stopped')
    return { kind: 'stopped', gate: { campaign, seal: { fence: stopped.fence, claim }, lastEpoch } }
  }

  const stop: ArmingSteps['stop'] = async (campaign) => {
    if (campaign.retired !== undefined) return { kind: 'retired' }
    // safeguard: the ends are marked after the stop / not before
    const inspected = await gate.inspect(campaign.id, campaign.epoch, 0, 1)
    if (inspected.kind === 'in-order') return { kind: 'in-order' }
    const why = inspected.kind === 'recovering' ? inspected.reason : `the gate has epoch ${inspected.epoch}`
    const stopped = await stopAt(campaign, campaign.epoch, why)
    if (stopped.kind !== 'ahead') return stopped.kind === 'stopped' ? stopped.gate : stopped
    // An epoch is cut before its successor opens: either `campaign` is old, or the ledger went back in time.
    const newest = await campaigns.read(campaign.id)
    if (newest === undefined || newest.retired !== undefined || newest.epoch >= stopped.epoch)
      return { kind: 'lost', what: `stop answered EPOCH ${stopped.epoch}: the ledger is as far by now` }
    // safeguard: a gate ahead of the ledger is armed above both
    const ahead = await stopAt(newest, stopped.epoch, `the ledger went back to epoch ${newest.epoch}`)
    if (ahead.kind === 'ahead') return { kind: 'lost', what: `stop answered EPOCH ${ahead.epoch}` }
    return ahead.kind === 'stopped' ? ahead.gate : ahead
  }

  /**
   * Markers of two armings never cross. With A before B in one partition and B before A in another, late
   * grants of both would wait for each other in a replay.
   */
  const markInTurn = (): Promise<Map<number, number>> =>
    // safeguard: armings mark the log in turn
    options.database.withLeases(['fc:mark'], 10, (held) => {
      if (held.size === 0) throw new Failure('unavailable', 'another arming is marking the log')
      return logEnds.mark('arming')
    })

  const reachEnds: ArmingSteps['reachEnds'] = async (stopped) => {
    const armedBefore = stopped.filter(({ lastEpoch }) => lastEpoch > 0)
    if (armedBefore.length === 0) return undefined
    // safeguard: the relay of surviving entries
    for (const { campaign, lastEpoch } of armedBefore)
      for (let epoch = Math.max(1, campaign.epoch); epoch <= lastEpoch; epoch += 1)
        await relaySurvivors(armingGate, producer, campaign.id, epoch)
    // safeguard: the ends are marked after the stop
    const ends = await markInTurn()
    let notedAtMs = options.monotonicMs() - 1_000
    await logEnds.waitForLedger(ends, (missing) => {
      if (options.monotonicMs() - notedAtMs < 1_000) return
      notedAtMs = options.monotonicMs()
      log.info({ missing, campaigns: armedBefore.length }, 'arming: waiting for the ledger to reach the log')
      for (const { campaign } of armedBefore)
        void armingGate
          .noteProgress(campaign.id, `waiting for ${missing} offsets of the log`)
          .catch(() => undefined)
    })
    return ends
  }

  const finish: ArmingSteps['finish'] = async ({ campaign, seal, lastEpoch }, ends) => {
    const { id } = campaign
    const first = lastEpoch === 0
    const next = lastEpoch + 1
    // safeguard: the rebuild begins after the cut / cut
    if (!(await campaigns.cut(id, campaign.epoch, first ? undefined : ends, seal.fence, lastEpoch)))
      return {
        kind: 'lost',
        what: 'another process cut the epoch, the ledger went back in time, a partition was added, or gates moved to another Redis',
      }
    // safeguard: the rebuild begins after the cut
    const rebuilt = await options.rebuilder
      .rebuild(campaign, next, seal, first ? undefined : ends)
      .catch(async (cause: unknown) => {
        // Nobody else writes the keys of this epoch, and they would fill Redis until they expire.
        if (isOutOfMemory(cause)) await armingGate.forget(id, next)
        throw cause
      })
    if (rebuilt.kind === 'lost') return rebuilt
    // The settings may have changed while this process was paused: the highest version wins.
    // safeguard: the settings of the highest version
    const newest = (await campaigns.read(id)) ?? campaign
    // safeguard: the wait for remembered sold-outs
    const flipped = await armingGate.flip(newest, next, seal, rebuilt, first ? 0 : options.soldOutMemoryMs)
    if (flipped.kind === 'lost') return flipped
    // At once: a process that dies amid many armings leaves no open gate unlisted.
    // safeguard: each flip is listed
    await options.listing.put([{ id, version: flipped.version }])
    // One epoch more: the process that armed that one may have died before it removed the keys before it.
    const oldest = Math.max(0, Math.min(flipped.epochBefore - 1, campaign.epoch))
    for (let ended = oldest; ended <= lastEpoch; ended += 1) await armingGate.forget(id, ended)
    log.warn({ campaignId: id, epoch: next, ...rebuilt }, 'arming: gate armed')
    return { kind: 'armed', epoch: next, returned: rebuilt.freeRanks }
  }

  return { stop, reachEnds, finish }
}

import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { Failure, messageOf } from '../../platform/failure.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { Database } from '../../platform/mysql/database.ts'
import type { Producer } from '../../platform/kafka/producer.ts'
import type { Campaign } from '../campaign.ts'
import type { ArmingGate, Seal } from '../gate/arming-gate.ts'
import type { KeeperGate } from '../gate/keeper-gate.ts'
import type { Lost } from '../gate/reply.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'
import type { Listing } from '../campaigns/listing.ts'
import type { LogEnds } from '../log/log-ends.ts'
import { encodeGrant } from '../log/log-record.ts'
import { grantsTopic } from '../log/topics.ts'
import type { Rebuilder } from './rebuilder.ts'

/** What came of arming one campaign. `busy`: another keeper holds its lease. `lost`: something came between; a later try finishes. */
export type ArmOutcome =
  | { kind: 'armed'; epoch: number; returned: number }
  | { kind: 'in-order' | 'busy' | 'unknown-campaign' | 'retired' }
  | Lost

/**
 * log + ledger -> gate (protocol.md section 5): lease, stop, relay, ends, cut, rebuild, flip. Creates a gate and brings one back.
 * Any step may die or be paused for an hour; the next keeper starts again, and no step does harm when it comes late.
 */
export type Arming = {
  /**
   * Arms those of the campaigns that are not in order, and lists those that are. They wait for the log together: Redis loss hits
   * all at once. A lease that another keeper holds is waited for up to `leaseWaitSeconds`.
   * Rejects `unavailable` when a server does not answer; then nothing is known, and a later try starts over.
   */
  arm(campaignIds: readonly string[], leaseWaitSeconds: number): Promise<Map<string, ArmOutcome>>
}

export type ArmingOptions = {
  gate: KeeperGate
  armingGate: ArmingGate
  database: Database
  campaigns: CampaignRepository
  producer: Producer
  logEnds: LogEnds
  rebuilder: Rebuilder
  listing: Listing
  log: Logger
  /** How long a cut-off old master may go on beside its successor, after a write was accepted; 0 without replicas. */
  failoverWaitMs(): Promise<number>
  /** Units that came back are grantable only after every process has forgotten "sold out". */
  soldOutMemoryMs: number
  monotonicMs(): number
}

type Stopped = { campaign: Campaign; seal: Seal }

const survivorsInOneReadMax = 12

/** Whoever holds this lease arms the gate, or retires it. */
export const leaseOf = (campaignId: string): string => `fc:arm:${campaignId}`

export const createArming = (options: ArmingOptions): Arming => {
  const { gate, armingGate, campaigns, producer, logEnds, log } = options

  /** Under the lease: a gate that is in order by now is left alone. */
  const stop = async (campaign: Campaign): Promise<Stopped | ArmOutcome> => {
    if (campaign.retired !== undefined) return { kind: 'retired' }
    // safeguard: the ends are marked after the stop / not before
    const inspected = await gate.inspect(campaign.id, campaign.epoch, 0, 1)
    if (inspected.kind === 'in-order') return { kind: 'in-order' }
    const claim = `${campaign.epoch}:${randomUUID()}`
    const stopped = await armingGate.stop(campaign.id, campaign.epoch, claim)
    if (stopped.kind === 'lost') return stopped
    const why = inspected.kind === 'recovering' ? inspected.reason : `the gate is of epoch ${inspected.epoch}`
    log.warn({ campaignId: campaign.id, epoch: campaign.epoch, why }, 'arming: stopped')
    return { campaign, seal: { fence: stopped.fence, claim } }
  }

  /** What survived in the outbox goes into the log, below the ends. Its owners were told "pending": they win after all. */
  const relay = async ({ campaign: { id, epoch } }: Stopped): Promise<void> => {
    let fromNumber = 0
    for (;;) {
      const entries = await armingGate.survivors(id, epoch, fromNumber, survivorsInOneReadMax)
      const last = entries.at(-1)
      if (last === undefined) return
      const records = entries.flatMap(({ grants }) => grants.map((grant) => ({ value: encodeGrant(grant) })))
      await producer.append(grantsTopic, 0, records)
      fromNumber = last.number + 1
    }
  }

  /**
   * Markers of two armings never cross: with A before B in one partition and B before A in another, late grants of both would wait
   * for each other in a replay.
   */
  const markInTurn = (): Promise<Map<number, number>> =>
    // safeguard: armings mark the log in turn
    options.database.withLeases(['fc:mark'], 10, (held) => {
      if (held.size === 0) throw new Failure('unavailable', 'another arming marks the log')
      return logEnds.mark('arming')
    })

  /** Everything confirmed before the stop lies below: the gate that stop hit was the only one that could be open. */
  const reachEnds = async (stopped: readonly Stopped[]): Promise<Map<number, number> | undefined> => {
    const armedBefore = stopped.filter(({ campaign }) => campaign.epoch > 0)
    if (armedBefore.length === 0) return undefined
    // safeguard: the relay of surviving entries
    for (const one of armedBefore) await relay(one)
    // safeguard: the ends are marked after the stop
    const ends = await markInTurn()
    let notedAtMs = options.monotonicMs() - 1_000
    await logEnds.waitForLedger(ends, (missing) => {
      if (options.monotonicMs() - notedAtMs < 1_000) return
      notedAtMs = options.monotonicMs()
      log.info({ missing, campaigns: armedBefore.length }, 'arming: the ledger is behind the log')
      for (const { campaign } of armedBefore)
        void armingGate
          .noteProgress(campaign.id, `waiting for ${missing} records of the log`)
          .catch(() => undefined)
    })
    return ends
  }

  const finish = async (
    { campaign, seal }: Stopped,
    ends: ReadonlyMap<number, number> | undefined,
  ): Promise<ArmOutcome> => {
    const { id, epoch } = campaign
    const first = epoch === 0
    // safeguard: the rebuild begins after the cut / cut
    if (!(await campaigns.cut(id, epoch, first ? undefined : ends)))
      return { kind: 'lost', what: 'the epoch was cut by another, or the ledger went back' }
    // safeguard: the rebuild begins after the cut
    const rebuilt = await options.rebuilder.rebuild(campaign, epoch + 1, seal, first ? undefined : ends)
    if (rebuilt.kind === 'lost') return rebuilt
    // Settings may have changed while this one was paused: the highest version wins.
    // safeguard: the settings of the highest version
    const newest = (await campaigns.read(id)) ?? campaign
    // safeguard: the wait for remembered sold-outs
    const flipped = await armingGate.flip(
      newest,
      epoch + 1,
      seal,
      rebuilt,
      first ? 0 : options.soldOutMemoryMs,
    )
    if (flipped.kind === 'lost') return flipped
    // One more: whoever armed that one may have died before it cleared up.
    const oldest = Math.max(0, flipped.epochBefore - 1)
    for (let over = oldest; over <= epoch; over += 1) await armingGate.forget(id, over)
    log.warn({ campaignId: id, epoch: epoch + 1, ...rebuilt }, 'arming: armed')
    return { kind: 'armed', epoch: epoch + 1, returned: rebuilt.freeRanks }
  }

  const armLeased = async (campaignIds: readonly string[]): Promise<Map<string, ArmOutcome>> => {
    const outcomes = new Map<string, ArmOutcome>()
    const rows = await campaigns.readMany(campaignIds)
    const stopped: Stopped[] = []
    for (const id of campaignIds) {
      const campaign = rows.get(id)
      const one = campaign === undefined ? ({ kind: 'unknown-campaign' } as const) : await stop(campaign)
      if ('seal' in one) stopped.push(one)
      else outcomes.set(id, one)
    }
    await bringBack(stopped, outcomes)
    const open = (id: string): boolean => {
      const kind = outcomes.get(id)?.kind
      return kind === 'armed' || kind === 'in-order'
    }
    const listed = [...rows.values()].filter(({ id }) => open(id))
    if (listed.length > 0) await options.listing.put(listed)
    return outcomes
  }

  const bringBack = async (stopped: readonly Stopped[], outcomes: Map<string, ArmOutcome>): Promise<void> => {
    if (stopped.length === 0) return
    const acceptedAtMs = options.monotonicMs()
    const waitMs = (await options.failoverWaitMs()) - (options.monotonicMs() - acceptedAtMs)
    // safeguard: arming waits out the replication lag
    if (waitMs > 0) await wait(waitMs)
    const ends = await reachEnds(stopped)
    for (const one of stopped) {
      try {
        outcomes.set(one.campaign.id, await finish(one, ends))
      } catch (cause) {
        // One campaign's fault must not keep the others closed.
        if (!(cause instanceof Failure)) throw cause
        outcomes.set(one.campaign.id, { kind: 'lost', what: messageOf(cause) })
      }
    }
  }

  return {
    async arm(campaignIds, leaseWaitSeconds) {
      const outcomes = new Map<string, ArmOutcome>()
      await options.database.withLeases(campaignIds.map(leaseOf), leaseWaitSeconds, async (held) => {
        // safeguard: the lease of a campaign
        const mine = campaignIds.filter((id) => held.has(leaseOf(id)))
        for (const [id, outcome] of await armLeased(mine)) outcomes.set(id, outcome)
      })
      for (const id of campaignIds) if (!outcomes.has(id)) outcomes.set(id, { kind: 'busy' })
      return outcomes
    },
  }
}

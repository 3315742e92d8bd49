import { messageOf } from '../../platform/failure.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { Database } from '../../platform/mysql/database.ts'
import type { RedisClient } from '../../platform/redis.ts'
import type { Audit, AuditResult } from '../audit/audit.ts'
import type { Campaign } from '../campaign.ts'
import { createCampaignListReader } from '../gate/campaign-list.ts'
import type { Gate } from '../gate/gate.ts'
import type { KeeperGate } from '../gate/keeper-gate.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'
import type { RetirementRepository } from '../ledger/retirements.ts'
import { leaseOf } from './arming.ts'
import type { ClockWatch } from './clock-watch.ts'
import { createRetirementBackoff } from './retirement-backoff.ts'

/** The result for one campaign whose lifetime is over. `kept`: its gate stays, and why. */
export type RetirementOutcome =
  | { campaignId: string; kind: 'retired' }
  | { campaignId: string; kind: 'kept'; why: string }

/**
 * Removes the gates of campaigns that closed more than `gateLifetimeMs` ago and whose audit passes
 * (docs/protocol.md, section 5). The ledger notes it first, then the gate is removed. A gate whose audit does
 * not pass stays as evidence.
 */
export type Retirement = {
  /**
   * Finishes retirements that died between ledger and gate. It reads every listed campaign, so one look does
   * it once. False when a server does not answer; never rejects.
   */
  finishOthers(): Promise<boolean>
  /**
   * Tries to retire the next such campaign. `undefined` when none is due, or a server does not answer. Never
   * rejects. A campaign that was kept is passed over for `backoffMs`, then for twice as long, and so on.
   */
  step(): Promise<RetirementOutcome | undefined>
}

export type RetirementOptions = {
  redis: RedisClient
  gate: Gate
  keeperGate: KeeperGate
  database: Database
  campaigns: CampaignRepository
  retirements: RetirementRepository
  audit: Audit
  log: Logger
  gateLifetimeMs: number
  /** A campaign that was kept is tried again after this time, then after twice as long, and so on. */
  backoffMs: number
  monotonicMs(): number
  /** Retiring cannot be undone, so it needs clocks that can be trusted. */
  clocks: ClockWatch
  now(): number
}

/** Campaigns in one look that are passed over, because they were kept a short time ago. */
const passedOverMax = 100
const retiredInOneLookMax = 30

/** Outboxes are long empty by then, unless Kafka was away. */
const relayedWithinMs = 3_600_000

export const createRetirement = (options: RetirementOptions): Retirement => {
  const { gate, keeperGate, campaigns, retirements, audit, log } = options
  const list = createCampaignListReader(options.redis)
  const backoff = createRetirementBackoff(options.backoffMs, options.monotonicMs)
  let lastId: string | undefined

  /** Returns why the gate has to stay. Its campaign is live again then: a keeper keeps the gate meanwhile. */
  const removeGate = async (campaign: Campaign): Promise<string | undefined> => {
    const { id } = campaign
    const removed = await keeperGate.retire(campaign)
    if (removed.kind === 'lost')
      log.debug({ campaignId: id, why: removed.what }, 'retirement: the gate is removed later')
    if (removed.kind !== 'refused') return undefined
    // safeguard: a gate that may grant keeps its campaign live
    await retirements.undo(campaign)
    log.error({ campaignId: id, why: removed.what }, 'retirement: the gate is not as it was audited')
    return removed.what
  }

  /**
   * The log goes on with other campaigns after the close. So it is read to an hour behind the close, and only
   * when that does not pass, because a relay came late, to its end.
   */
  const auditClosed = async (id: string, closesAtMs: number): Promise<AuditResult | undefined> => {
    const result = await audit.run(id, { logUntilMs: closesAtMs + relayedWithinMs })
    return result?.verdict === 'pass' ? result : audit.run(id)
  }

  /** Called under the lease, so that no process arms the gate meanwhile. */
  const retire = async (campaign: Campaign): Promise<RetirementOutcome> => {
    const { id } = campaign
    const kept = (why: string): RetirementOutcome => ({ campaignId: id, kind: 'kept', why })
    const view = await gate.view(id)
    // By the clock and the terms of the gate: a closed gate grants nothing more, so the audit sees all of its
    // grants.
    if (!view.armed || view.nowMs < view.document.closesAtMs) return kept('its gate is not closed')
    if (view.version !== campaign.version) return kept('its gate has another version than the ledger')
    const result = await auditClosed(id, view.document.closesAtMs)
    // safeguard: a gate is retired only when its audit passes
    if (result?.verdict !== 'pass') {
      const faults = result?.checks
        .filter(({ verdict }) => verdict !== 'pass')
        .map(({ fault, promise }) => fault ?? promise)
      return kept(`the verdict of its audit is ${result?.verdict}: ${faults?.join(', ')}`)
    }
    if (!(await retirements.retire(campaign, result.books.rows, options.now())))
      return kept('it was changed, armed or retired during its audit')
    const refused = await removeGate(campaign)
    return refused === undefined ? { campaignId: id, kind: 'retired' } : kept(refused)
  }

  /** The next one in turn that was not tried a short time ago. */
  const nextToTry = async (closedBeforeMs: number): Promise<Campaign | undefined> => {
    for (let passedOver = 0; passedOver < passedOverMax; passedOver += 1) {
      const campaign = await retirements.nextDue(closedBeforeMs, lastId)
      lastId = campaign?.id
      if (campaign === undefined || backoff.mayTry(campaign.id)) return campaign
    }
    return undefined
  }

  const retireNext = async (): Promise<RetirementOutcome | undefined> => {
    // safeguard: no gate is retired by a clock that jumped
    const clock = await options.clocks.look()
    if (clock.kind === 'unstable') {
      log.debug({ why: clock.why }, 'retirement: waiting for clocks that can be trusted')
      return undefined
    }
    const campaign = await nextToTry(clock.nowMs - options.gateLifetimeMs)
    if (campaign === undefined) return undefined
    const lease = leaseOf(campaign.id)
    const outcome = await options.database.withLeases(
      [lease],
      0,
      async (held): Promise<RetirementOutcome> =>
        held.has(lease)
          ? retire(campaign)
          : { campaignId: campaign.id, kind: 'kept', why: 'another worker holds its lease' },
    )
    if (outcome.kind === 'retired') backoff.succeeded(campaign.id)
    else backoff.failed(campaign.id)
    if (outcome.kind === 'retired')
      log.info({ campaignId: campaign.id }, 'retirement: gate removed, the campaign is retired')
    else log.warn({ campaignId: campaign.id, why: outcome.why }, 'retirement: gate kept beyond its lifetime')
    return outcome
  }

  /**
   * Removes gates of retired campaigns: a worker died before it did, or an old copy of Redis was restored.
   */
  const finishOthers = async (): Promise<true> => {
    const { versions } = await list.read()
    const listed = await campaigns.readMany([...(versions?.keys() ?? [])])
    for (const campaign of listed.values()) if (campaign.retired !== undefined) await removeGate(campaign)
    return true
  }

  const unlessFailed = async <Result>(work: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await work()
    } catch (cause) {
      log.debug({ cause: messageOf(cause) }, 'retirement: failed, trying again later')
      return undefined
    }
  }

  return {
    finishOthers: async () => (await unlessFailed(finishOthers)) === true,
    step: () => unlessFailed(retireNext),
  }
}

/** One look for gates to retire: goes on as long as one is retired, 30 times at most. Never rejects. */
export const retireMany = async ({ finishOthers, step }: Retirement): Promise<void> => {
  if (!(await finishOthers())) return
  for (let retired = 0; retired < retiredInOneLookMax; retired += 1)
    if ((await step())?.kind !== 'retired') return
}

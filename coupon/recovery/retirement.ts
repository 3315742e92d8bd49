import { messageOf } from '../../platform/failure.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { Database } from '../../platform/mysql/database.ts'
import type { RedisClient } from '../../platform/redis.ts'
import { leaseOf } from './arming.ts'
import type { Audit } from '../audit/audit.ts'
import type { Campaign } from '../campaign.ts'
import type { KeeperGate } from '../gate/keeper-gate.ts'
import { readCampaignList } from '../gate/campaign-list.ts'
import type { Gate } from '../gate/gate.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'
import type { RetirementRepository } from '../ledger/retirements.ts'

/** What came of one look at a campaign whose lifetime is over. `kept`: its gate stays, and why. */
export type Retired =
  | { campaignId: string; kind: 'retired' }
  | { campaignId: string; kind: 'kept'; why: string }

/**
 * Takes away the gates of campaigns that closed more than `gateLifetimeMs` ago and whose audit passes (protocol.md section 6): first
 * the ledger says so, then the gate goes. One that does not pass stays, and with it the evidence.
 */
export type Retirement = {
  /**
   * Looks at the next such campaign, and finishes what died between ledger and gate. `undefined` when there was none. Never rejects:
   * what does not answer is looked at again in its turn.
   */
  step(): Promise<Retired | undefined>
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
  now(): number
}

export const createRetirement = (options: RetirementOptions): Retirement => {
  const { redis, gate, keeperGate: arming, campaigns, retirements, audit, log } = options
  let lastId: string | undefined

  const takeAway = async ({ id, epoch }: Campaign): Promise<void> => {
    const taken = await arming.retire(id, epoch)
    if (taken.kind === 'lost') log.debug({ campaignId: id, why: taken.what }, 'its gate goes later')
  }

  /** Under the lease, so that nobody arms it meanwhile. */
  const retire = async (campaign: Campaign): Promise<Retired> => {
    const { id } = campaign
    const kept = (why: string): Retired => ({ campaignId: id, kind: 'kept', why })
    const view = await gate.view(id)
    // By the gate's own clock and terms: a closed gate grants nothing more, so what the audit finds is all there will be.
    if (!view.armed || view.nowMs < view.document.closesAtMs) return kept('its gate is not closed')
    const result = await audit.run(id)
    // safeguard: a gate is retired only when its audit passes
    if (result?.verdict !== 'pass') {
      const faults = result?.checks
        .filter(({ verdict }) => verdict !== 'pass')
        .map(({ fault, promise }) => fault ?? promise)
      return kept(`its audit came to ${result?.verdict}: ${faults?.join(', ')}`)
    }
    if (!(await retirements.retire(campaign, result.books.rows, options.now())))
      return kept('it was changed or armed again meanwhile')
    await takeAway(campaign)
    return { campaignId: id, kind: 'retired' }
  }

  const retireNext = async (): Promise<Retired | undefined> => {
    const campaign = await retirements.nextDue(options.now() - options.gateLifetimeMs, lastId)
    lastId = campaign?.id
    if (campaign === undefined) return undefined
    const lease = leaseOf(campaign.id)
    const outcome = await options.database.withLeases(
      [lease],
      0,
      async (held): Promise<Retired> =>
        held.has(lease)
          ? retire(campaign)
          : { campaignId: campaign.id, kind: 'kept', why: 'another worker has its lease' },
    )
    if (outcome.kind === 'retired')
      log.info({ campaignId: campaign.id }, 'retired: the gate is gone for good')
    else log.warn({ campaignId: campaign.id, why: outcome.why }, 'the gate stays beyond its lifetime')
    return outcome
  }

  /** Keys of a campaign that the ledger calls retired: a worker died before it took them away, or an old copy of Redis came back. */
  const finishOthers = async (): Promise<void> => {
    const { versions } = await readCampaignList(redis, [])
    const listed = await campaigns.readMany([...(versions?.keys() ?? [])])
    for (const campaign of listed.values()) if (campaign.retired !== undefined) await takeAway(campaign)
  }

  return {
    async step() {
      try {
        await finishOthers()
        return await retireNext()
      } catch (cause) {
        log.debug({ cause: messageOf(cause) }, 'retiring goes on later')
        return undefined
      }
    },
  }
}

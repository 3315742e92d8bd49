import { backoff, type Wait } from '../../platform/backoff.ts'
import { Failure, messageOf } from '../../platform/failure.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { Database } from '../../platform/mysql/database.ts'
import type { Campaign } from '../campaign.ts'
import type { CampaignChanger } from '../campaigns/change-campaign.ts'
import type { Issuer } from '../issue/issuer.ts'
import type { CampaignRepository } from '../ledger/campaigns.ts'
import type { ChangeOrigin } from '../ledger/record-change.ts'
import type { Arming } from '../recovery/arming.ts'
import { rehearsalClaim, rehearsedCampaign } from '../rehearsal-rule.ts'
import { pressAsCrowd } from './press-as-crowd.ts'
import { type RehearsalPlan, rehearsalTerms } from './rehearsal-terms.ts'
import { summaryOf } from './summary-of.ts'

/** `under-way`: the deployment has one already, and this is its campaign. */
export type RehearsalStart =
  | { kind: 'started'; campaign: Campaign }
  | { kind: 'under-way'; campaignId: string }

/**
 * Rehearses campaigns. A rehearsal is a shadow campaign at which synthetic shoppers press in this process.
 * They press through the issuer that serves real shoppers too. At the end the shadow is closed, with the
 * result as the reason. When the process dies the shadow closes by its own times.
 */
export type Rehearser = {
  /**
   * Creates the shadow and lets its shoppers press. Rejects `unavailable`, or `recovering` when its gate
   * cannot be armed.
   */
  start(campaign: Campaign, plan: RehearsalPlan, origin: ChangeOrigin): Promise<RehearsalStart>
  /** No press from now on. Resolves when the shadow is closed, or cannot be: it is tried once. */
  stop(): Promise<void>
}

export type RehearserOptions = {
  database: Pick<Database, 'withLeases'>
  campaigns: Pick<CampaignRepository, 'create' | 'liveOrKnown'>
  arming: Arming
  changer: CampaignChanger
  issuer: Pick<Issuer, 'issue'>
  log: Logger
  newCampaignId(): string
  gateNowMs(): number
  monotonicMs(): number
  now(): number
  wait: Wait
}

/** Two rehearsals are never started at once, on whatever process. */
const lease = 'fc:rehearsal'
const leaseWaitSeconds = 5

/** Far below ISSUE_QUEUE_MAX, so that a rehearsal which is stuck takes no place from real shoppers. */
const inFlightMax = 500

const closeAttemptsMax = 8

export const createRehearser = (options: RehearserOptions): Rehearser => {
  const { campaigns, changer, issuer, log, gateNowMs } = options
  const running = new Set<Promise<void>>()
  let isStopped = false

  const isUnderWay = (campaign: Campaign): boolean =>
    rehearsedCampaign(campaign) !== undefined &&
    campaign.state !== 'closed' &&
    gateNowMs() < campaign.closesAtMs

  /** The shadow of the campaign, or the id of the one that is under way. */
  const create = (
    campaign: Campaign,
    plan: RehearsalPlan,
    origin: ChangeOrigin,
  ): Promise<Campaign | string> =>
    options.database.withLeases([lease], leaseWaitSeconds, async (held) => {
      if (!held.has(lease)) throw new Failure('unavailable', 'another rehearsal is being started')
      const present = (await campaigns.liveOrKnown()).find(isUnderWay)
      if (present !== undefined) return present.id
      const terms = rehearsalTerms(campaign, plan, gateNowMs())
      return campaigns.create(options.newCampaignId(), terms, options.now(), origin)
    })

  const arm = async (id: string): Promise<void> => {
    const armed = (await options.arming.arm([id], leaseWaitSeconds)).get(id)?.kind
    if (armed !== 'armed' && armed !== 'in-order')
      throw new Failure('recovering', `rehearsal ${id} is not armed: ${armed}`)
  }

  /** Closes the shadow. Without a database for some minutes it closes by its own times, without a result. */
  const close = async (campaignId: string, origin: ChangeOrigin): Promise<void> => {
    for (let attempt = 1; attempt <= closeAttemptsMax; attempt += 1) {
      try {
        await changer.change(campaignId, { kind: 'close' }, { ifVersion: undefined, origin })
        return
      } catch (cause) {
        log.warn({ campaignId, cause: messageOf(cause) }, 'a rehearsal cannot be closed yet')
        if (isStopped) return
        await backoff(attempt, 500, 30_000, options.wait)
      }
    }
  }

  const rehearse = async (shadow: Campaign, plan: RehearsalPlan, origin: ChangeOrigin): Promise<void> => {
    const { id, perUserLimit, closesAtMs, eligibility } = shadow
    const claims = { [rehearsalClaim]: rehearsedCampaign({ eligibility }) }
    const result = await pressAsCrowd({
      ...{ shoppers: plan.shoppers, perSecond: plan.perSecond, perUserLimit, inFlightMax },
      userIdPrefix: `rehearsal-${id}-`,
      durationMaxMs: closesAtMs - gateNowMs(),
      issue: (userId, slot) => issuer.issue(id, userId, slot, undefined, claims),
      isStopped: () => isStopped,
      monotonicMs: options.monotonicMs,
      wait: options.wait,
    })
    const reason = summaryOf(result)
    log.info({ campaignId: id, result: reason }, 'a rehearsal ended')
    await close(id, { ...origin, reason })
  }

  return {
    async start(campaign, plan, origin) {
      const shadow = await create(campaign, plan, origin)
      if (typeof shadow === 'string') return { kind: 'under-way', campaignId: shadow }
      const { id } = shadow
      try {
        await arm(id)
      } catch (cause) {
        void close(id, { ...origin, reason: 'The rehearsal did not start: its gate could not be armed.' })
        throw cause
      }
      log.info({ campaignId: id, rehearses: campaign.id, ...plan }, 'a rehearsal begins')
      const run = rehearse(shadow, plan, origin)
        .catch((cause: unknown) =>
          log.error({ campaignId: id, cause: messageOf(cause) }, 'a rehearsal broke off'),
        )
        .finally(() => running.delete(run))
      running.add(run)
      return { kind: 'started', campaign: shadow }
    },
    async stop() {
      isStopped = true
      await Promise.all(running)
    },
  }
}

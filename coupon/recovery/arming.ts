import { setTimeout as wait } from 'node:timers/promises'
import { eachAtMost } from '../../platform/each-at-most.ts'
import { Failure, messageOf } from '../../platform/failure.ts'
import { isOutOfMemory } from '../../platform/redis.ts'
import type { Campaign } from '../campaign.ts'
import type { CurrentRedis } from '../deployment/current-redis.ts'
import {
  type ArmingStepsOptions,
  type ArmOutcome,
  createArmingSteps,
  type StoppedGate,
} from './arming-steps.ts'

/**
 * log + ledger -> gate (docs/protocol.md, section 4): lease, stop, relay, ends, cut, rebuild, flip. Creates a
 * gate and brings one back. A process may die or be paused at any step: the next keeper starts again, and no
 * late step does harm.
 */
export type Arming = {
  /**
   * Arms those of the campaigns whose gates are not in order, and puts them and those in order on the list.
   * They wait for the ledger together, because a loss of Redis hits all of them. Then they come back in the
   * given order, some at once; `onOutcome` is called with each as soon as it is known. Waits up to
   * `leaseWaitSeconds` for a lease that is held. Rejects `unavailable` when a server does not answer: a later
   * try starts over.
   */
  arm(
    campaignIds: readonly string[],
    leaseWaitSeconds: number,
    onOutcome?: (campaignId: string, outcome: ArmOutcome) => void,
  ): Promise<Map<string, ArmOutcome>>
}

export type ArmingOptions = ArmingStepsOptions & {
  /** Says whether gates may be armed on the Redis of this process. */
  currentRedis: CurrentRedis
  /**
   * How long a cut-off old master may work beside its successor, after a write was accepted; 0 without
   * replicas.
   */
  failoverWaitMs(): Promise<number>
  /** Whether Redis has no memory for a rebuilt gate. */
  isRedisFull(): Promise<boolean>
}

/** A large gate is rebuilt beside small ones, so that none waits for all of it. */
const finishedAtOnceMax = 3

/** Where Redis became full while a gate was written, the next try waits this long. */
const fullPauseMs = 10_000
const fullText = 'Redis is full (maxmemory): a gate is armed when memory is freed'

type TellOutcome = (campaignId: string, outcome: ArmOutcome) => void

/** The lease under which a gate is armed or retired. */
export const leaseOf = (campaignId: string): string => `fc:arm:${campaignId}`

export const createArming = (options: ArmingOptions): Arming => {
  const { campaigns, monotonicMs } = options
  const { stop, reachEnds, finish } = createArmingSteps(options)
  let fullUntilMs = Number.NEGATIVE_INFINITY

  /** Arms campaigns whose leases are held. */
  const armHeld = async (campaignIds: readonly string[], tell: TellOutcome): Promise<void> => {
    const found = await campaigns.readMany(campaignIds)
    const stopped: StoppedGate[] = []
    const inOrder: Campaign[] = []
    for (const id of campaignIds) {
      const campaign = found.get(id)
      const result = campaign === undefined ? ({ kind: 'unknown-campaign' } as const) : await stop(campaign)
      if ('seal' in result) stopped.push(result)
      else if (result.kind === 'in-order' && campaign !== undefined) inOrder.push(campaign)
      else tell(id, result)
    }
    // What is armed here is listed by its last step.
    if (inOrder.length > 0) await options.listing.put(inOrder)
    for (const { id } of inOrder) tell(id, { kind: 'in-order' })
    await reopen(stopped, tell)
  }

  const reopen = async (stopped: readonly StoppedGate[], tell: TellOutcome): Promise<void> => {
    if (stopped.length === 0) return
    const acceptedAtMs = monotonicMs()
    const waitMs = (await options.failoverWaitMs()) - (monotonicMs() - acceptedAtMs)
    // safeguard: arming waits out the replication lag
    if (waitMs > 0) await wait(waitMs)
    const ends = await reachEnds(stopped)
    await eachAtMost(finishedAtOnceMax, stopped, async (stoppedGate) => {
      try {
        tell(stoppedGate.campaign.id, await finish(stoppedGate, ends))
      } catch (cause) {
        // A failure of one campaign must not keep the others closed.
        if (!(cause instanceof Failure)) throw cause
        if (isOutOfMemory(cause)) fullUntilMs = monotonicMs() + fullPauseMs
        tell(stoppedGate.campaign.id, { kind: 'lost', what: messageOf(cause) })
      }
    })
  }

  return {
    async arm(campaignIds, leaseWaitSeconds, onOutcome = () => undefined) {
      // safeguard: no gate is armed on a full Redis
      if (monotonicMs() < fullUntilMs || (await options.isRedisFull()))
        return new Map(campaignIds.map((id) => [id, { kind: 'lost', what: fullText }]))
      // safeguard: gates are armed on the current Redis alone
      const claim = await options.currentRedis.claim()
      if (claim.kind === 'refused')
        return new Map(campaignIds.map((id) => [id, { kind: 'lost', what: claim.what }]))
      const outcomes = new Map<string, ArmOutcome>(campaignIds.map((id) => [id, { kind: 'busy' }]))
      await options.database.withLeases(campaignIds.map(leaseOf), leaseWaitSeconds, async (held) => {
        // safeguard: the lease of a campaign
        const mine = campaignIds.filter((id) => held.has(leaseOf(id)))
        await armHeld(mine, (id, outcome) => {
          outcomes.set(id, outcome)
          onOutcome(id, outcome)
        })
      })
      return outcomes
    },
  }
}

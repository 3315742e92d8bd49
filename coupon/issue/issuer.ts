import { Failure } from '../../platform/failure.ts'
import { type Bound, createGroupCommit, type GroupCommit } from '../../platform/group-commit.ts'
import type { OutboxEntry } from '../gate/outbox-entry.ts'
import type { Decision, Gate, GrantRequest } from '../gate/gate.ts'
import type { AppendResult, GrantLog } from '../log/grant-log.ts'
import type { Grant } from '../grant.ts'
import type { LiveCampaign, Registry } from '../campaigns/registry.ts'

/** What `issue` answers. `granted`, `already` and `confirming` carry the user's own coupon. */
export type IssueAnswer =
  | { kind: 'granted' | 'already' | 'confirming'; grant: Grant; campaign: LiveCampaign }
  /** `left`: its caller had hung up before its turn came; nothing was done. */
  | { kind: 'sold-out' | 'closed' | 'paused' | 'unknown-campaign' | 'left' }
  | { kind: 'not-open'; opensAtMs: number; nowMs: number }
  | { kind: 'over-limit'; limit: number }

/** decide -> append -> confirm, for one shopper. */
export type Issuer = {
  /**
   * Idempotent by (campaign, user, slot). Rejects with `overloaded` (nothing was done), `recovering` (the gate says nothing) or
   * `unavailable` (unknown: the user may hold a coupon; pressing again is safe). `hasLeft` is asked once, when its turn has come; what
   * the gate was asked stays decided, whoever leaves.
   */
  issue(campaignId: string, userId: string, slot: number, hasLeft?: () => boolean): Promise<IssueAnswer>
  /**
   * Whether as many wait as may: then a request is to be refused as overloaded before anything else of it is looked at, so that refusing
   * costs a fraction of serving. Asked once a request, for each yes is counted.
   */
  isFull(): boolean
}

export type IssuerOptions = {
  gate: Gate
  registry: Registry
  grantLog: Pick<GrantLog, 'append'>
  /** Issues that may wait in this process, for a gate or for the log. */
  queueBound: Bound
  batchSizeMax: number
  /** "Not open yet" is answered from memory only when the campaign was read this recently. */
  memoryMs: number
  newCouponId(): string
  monotonicMs(): number
}

/** Closer to the opening than this, the gate's own clock decides and not our estimate of it. */
const openingMarginMs = 50

/** Past this many, the queues of campaigns that are no longer live are let go. */
const queuesMax = 1_000

type WaitingPress = GrantRequest & { hasLeft(): boolean }

type Settled = {
  decision: Exclude<Decision, { kind: 'same' }>
  /** An earlier request of the same call, by the same user and slot, got this decision. */
  repeated: boolean
  nowMs: number
  appended: Promise<AppendResult> | undefined
}

const recovering = (detail: string): Failure => new Failure('recovering', detail)

export const createIssuer = (options: IssuerOptions): Issuer => {
  const { gate, registry, grantLog, queueBound } = options
  const queues = new Map<string, GroupCommit<WaitingPress, Settled | 'left'>>()

  const decide = async (campaignId: string, requests: GrantRequest[]) => {
    const epoch = registry.known(campaignId)?.view.epoch
    if (epoch === undefined) throw recovering('the campaign is no longer listed')
    const decided = await gate.decide(campaignId, epoch, requests)
    if (decided.kind !== 'epoch') return decided
    // The gate was armed again since we read it. One more try, never with an epoch below one that was seen.
    const found = await registry.refresh(campaignId, 0)
    // safeguard: no grant in an epoch below one that was seen
    if (found.kind !== 'live' || found.campaign.view.epoch <= epoch)
      throw recovering(`epoch ${epoch} is over`)
    return gate.decide(campaignId, found.campaign.view.epoch, requests)
  }

  const settle = (
    decisions: readonly Decision[],
    nowMs: number,
    entry: OutboxEntry | undefined,
  ): Settled[] => {
    const appended = entry === undefined ? undefined : grantLog.append(entry)
    return decisions.map((own) => {
      const decision = own.kind === 'same' ? decisions[own.index] : own
      if (decision === undefined || decision.kind === 'same')
        throw new Failure('defect', 'a request repeats none of its call')
      return { decision, repeated: own.kind === 'same', nowMs, appended }
    })
  }

  const queueOf = (campaignId: string): GroupCommit<WaitingPress, Settled | 'left'> => {
    const present = queues.get(campaignId)
    if (present !== undefined) return present
    const queue = createGroupCommit<WaitingPress, Settled | 'left'>({
      batchSizeMax: options.batchSizeMax,
      inFlightMax: 1,
      bound: queueBound,
      // What is done for people who left is lost to those who stayed.
      resultInstead: ({ hasLeft }) => (hasLeft() ? 'left' : undefined),
      run: async (requests) => {
        // safeguard: no answer from the gate means unknown
        const decided = await decide(campaignId, requests)
        if (decided.kind === 'decided') return settle(decided.decisions, decided.nowMs, decided.entry)
        throw recovering(decided.kind === 'recovering' ? decided.reason : `epoch ${decided.epoch}`)
      },
    })
    if (queues.size >= queuesMax)
      for (const id of queues.keys()) if (registry.known(id) === undefined) queues.delete(id)
    queues.set(campaignId, queue)
    return queue
  }

  /** Nobody can have won before the first opening, so memory may say "not open"; the gate is asked whenever memory is old. */
  const notOpenYet = ({ view, readAtMs }: LiveCampaign): IssueAnswer | undefined => {
    const nowMs = registry.gateNowMs()
    // safeguard: "not open" only from fresh memory
    // safeguard: "not open" from memory only before the first grant
    const certain =
      view.armed &&
      view.state === 'open' &&
      view.granted === 0 &&
      nowMs < view.document.opensAtMs - openingMarginMs &&
      options.monotonicMs() - readAtMs <= options.memoryMs
    return certain ? { kind: 'not-open', opensAtMs: view.document.opensAtMs, nowMs } : undefined
  }

  /** Whoever waits for the log counts as waiting: behind one that is slow they would be tens of thousands. */
  const isConfirmed = async (appended: Promise<AppendResult> | undefined): Promise<boolean> => {
    // safeguard: requests waiting for the log count towards the bound / entered
    queueBound.held += 1
    try {
      return (await appended) === 'confirmed'
    } finally {
      // safeguard: requests waiting for the log count towards the bound / left
      queueBound.held -= 1
    }
  }

  const answer = async (campaign: LiveCampaign, settled: Settled): Promise<IssueAnswer> => {
    const { decision, repeated, nowMs, appended } = settled
    switch (decision.kind) {
      case 'granted': {
        const kind = !(await isConfirmed(appended)) ? 'confirming' : repeated ? 'already' : 'granted'
        return { kind, grant: decision.grant, campaign }
      }
      case 'won':
        return { kind: decision.confirmed ? 'already' : 'confirming', grant: decision.grant, campaign }
      case 'over-limit':
        return decision
      case 'not-open':
        return { kind: 'not-open', opensAtMs: campaign.view.document.opensAtMs, nowMs }
      case 'backlog':
        // safeguard: a full outbox is unavailable
        throw new Failure('unavailable', 'the outbox is full: the log takes nothing')
      case 'held':
        throw recovering('units came back and are held for a moment')
      case 'sold-out':
      case 'closed':
      case 'paused':
        return { kind: decision.kind }
    }
  }

  return {
    async issue(campaignId, userId, slot, hasLeft = () => false) {
      const known = registry.known(campaignId)
      const found = known === undefined ? await registry.find(campaignId) : undefined
      if (found?.kind === 'unknown') return { kind: 'unknown-campaign' }
      if (found?.kind === 'retired') return { kind: 'closed' }
      if (found?.kind === 'recovering') throw recovering('the campaign cannot be read')
      const campaign = known ?? found?.campaign
      if (campaign === undefined) return { kind: 'unknown-campaign' }
      const early = notOpenYet(campaign)
      if (early !== undefined) return early
      const request = { userId, slot, couponId: options.newCouponId(), hasLeft }
      const settled = await queueOf(campaignId).submit(request)
      return settled === 'left' ? { kind: 'left' } : answer(campaign, settled)
    },
    isFull: () => queueBound.held >= queueBound.max,
  }
}

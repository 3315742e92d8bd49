import { Failure } from '../../platform/failure.ts'
import { type Bound, createGroupCommit, type GroupCommit } from '../../platform/group-commit.ts'
import type { Claims } from '../../platform/tokens/token-claims.ts'
import type { EligibilityRule } from '../campaign.ts'
import type { FoundCampaign, LiveCampaign, Registry } from '../campaigns/registry.ts'
import type { Decision, GrantRequest } from '../gate/decision.ts'
import type { Gate } from '../gate/gate.ts'
import type { OutboxEntry } from '../gate/outbox-entry.ts'
import type { Grant } from '../grant.ts'
import type { AppendResult, GrantLog } from '../log/grant-log.ts'
import { atKnownEpoch } from './at-known-epoch.ts'
import { findUnmetRule } from './eligibility-rules.ts'
import { createFirstContact } from './first-contact.ts'
import { createIneligibleLooks } from './ineligible-looks.ts'

/** The answer to an issue. `granted`, `already` and `confirming` carry the user's own coupon. */
export type IssueAnswer =
  | { kind: 'granted' | 'already' | 'confirming'; grant: Grant; campaign: LiveCampaign }
  /** `left`: the caller had disconnected before the request was sent to the gate; nothing was done. */
  | { kind: 'sold-out' | 'closed' | 'paused' | 'unknown-campaign' | 'left' }
  | { kind: 'not-open'; opensAtMs: number; nowMs: number }
  | { kind: 'over-limit'; limit: number }
  /** The claims of the caller do not meet this rule of the campaign. */
  | { kind: 'not-eligible'; rule: EligibilityRule }

/** decide -> append -> confirm, for one user. */
export type Issuer = {
  /**
   * Idempotent by (campaign, user, slot). Rejects with `overloaded` (nothing was done) or `recovering` (the
   * gate is not in order). `unavailable` means unknown: the user may hold a coupon, and pressing again is
   * safe. `hasDisconnected` is called once, before the request goes to the gate; after that it is decided.
   * `claims` are read only where the campaign has rules.
   */
  issue(
    campaignId: string,
    userId: string,
    slot: number,
    hasDisconnected?: () => boolean,
    claims?: Claims,
  ): Promise<IssueAnswer>
  /**
   * True when the queue is full. The API then refuses a request as overloaded before it reads anything else
   * of it: a refusal costs a fraction of an answer. Called once per request, because refusals are counted.
   */
  isFull(): boolean
}

export type IssuerOptions = {
  gate: Gate
  registry: Registry
  grantLog: Pick<GrantLog, 'append'>
  /** Bounds the requests of this process that wait for a gate or for the log. */
  queueBound: Bound
  batchSizeMax: number
  /** "Not open yet" is answered from memory only when the campaign was read within this time. */
  memoryMs: number
  newCouponId(): string
  monotonicMs(): number
}

/** This close to the opening the gate decides, because its clock is only estimated here. */
const openingMarginMs = 50

/**
 * From the start of one gate call to the next. Where few press, a call costs more than its presses: without
 * it 1,500 presses /s took a quarter more processor time (docs/decisions/024-gate-calls-are-spaced.md).
 */
const decideSpacingMs = 2

/** Past this many, the queues of campaigns that are no longer live are removed. */
const queuesMax = 1_000

const noClaims: Claims = {}

type WaitingPress = GrantRequest & { hasDisconnected(): boolean }

type DecidedPress = {
  decision: Exclude<Decision, { kind: 'same' }>
  /** The decision is that of an earlier request of the same call, by the same user and slot. */
  isRepeat: boolean
  nowMs: number
  appended: Promise<AppendResult> | undefined
}

const recovering = (detail: string): Failure => new Failure('recovering', detail)

export const createIssuer = (options: IssuerOptions): Issuer => {
  const { gate, registry, grantLog, queueBound } = options
  const contact = createFirstContact(registry)
  const ineligibleLooks = createIneligibleLooks(options)
  const queues = new Map<string, GroupCommit<WaitingPress, DecidedPress | 'left'>>()

  const decide = (campaignId: string, requests: GrantRequest[]) =>
    atKnownEpoch(registry, campaignId, (epoch) => gate.decide(campaignId, epoch, requests))

  const settle = (
    decisions: readonly Decision[],
    nowMs: number,
    entry: OutboxEntry | undefined,
  ): DecidedPress[] => {
    const appended = entry === undefined ? undefined : grantLog.append(entry)
    return decisions.map((own) => {
      const decision = own.kind === 'same' ? decisions[own.index] : own
      if (decision === undefined || decision.kind === 'same')
        throw new Failure('defect', 'a request repeats one that is not in its call')
      return { decision, isRepeat: own.kind === 'same', nowMs, appended }
    })
  }

  const queueOf = (campaignId: string): GroupCommit<WaitingPress, DecidedPress | 'left'> => {
    const present = queues.get(campaignId)
    if (present !== undefined) return present
    const queue = createGroupCommit<WaitingPress, DecidedPress | 'left'>({
      batchSizeMax: options.batchSizeMax,
      inFlightMax: 1,
      bound: queueBound,
      spacing: { ms: decideSpacingMs, monotonicMs: options.monotonicMs },
      // Work for clients that have disconnected would delay those that still wait.
      replacement: ({ hasDisconnected }) => (hasDisconnected() ? 'left' : undefined),
      run: async (presses) => {
        // safeguard: no answer from the gate means unknown
        const decided = await decide(campaignId, presses)
        if (decided.kind === 'decided') return settle(decided.decisions, decided.nowMs, decided.entry)
        throw recovering(decided.kind === 'recovering' ? decided.reason : `epoch ${decided.epoch}`)
      },
    })
    if (queues.size >= queuesMax)
      for (const id of queues.keys()) if (registry.known(id) === undefined) queues.delete(id)
    queues.set(campaignId, queue)
    return queue
  }

  /** No user can have won before the first opening, so fresh memory may answer "not open". */
  const notOpenYet = ({ id, view, readAtMs }: LiveCampaign): IssueAnswer | undefined => {
    const nowMs = registry.gateNowMs()
    if (nowMs < view.document.opensAtMs) registry.keepFresh(id)
    // safeguard: "not open" only from fresh memory
    // safeguard: "not open" from memory only before the first grant
    const isCertain =
      view.armed &&
      view.state === 'open' &&
      view.granted === 0 &&
      nowMs < view.document.opensAtMs - openingMarginMs &&
      options.monotonicMs() - readAtMs <= options.memoryMs
    return isCertain ? { kind: 'not-open', opensAtMs: view.document.opensAtMs, nowMs } : undefined
  }

  /**
   * Requests waiting for Kafka count towards the bound: with a slow broker there could be tens of thousands.
   */
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

  const answerGrant = async (
    campaign: LiveCampaign,
    grant: Grant,
    { isRepeat, appended }: DecidedPress,
  ): Promise<IssueAnswer> => {
    const kind = !(await isConfirmed(appended)) ? 'confirming' : isRepeat ? 'already' : 'granted'
    return { kind, grant, campaign }
  }

  /** Only a grant waits, for the log. */
  const answer = (campaign: LiveCampaign, decided: DecidedPress): IssueAnswer | Promise<IssueAnswer> => {
    const { decision, nowMs } = decided
    switch (decision.kind) {
      case 'granted':
        return answerGrant(campaign, decision.grant, decided)
      case 'won':
        return { kind: decision.confirmed ? 'already' : 'confirming', grant: decision.grant, campaign }
      case 'over-limit':
        return decision
      case 'not-open':
        return { kind: 'not-open', opensAtMs: campaign.view.document.opensAtMs, nowMs }
      case 'backlog':
        // safeguard: a full outbox is unavailable
        throw new Failure('unavailable', 'the outbox is full, because Kafka does not acknowledge')
      case 'full':
        throw new Failure('unavailable', 'Redis is full (maxmemory): it grants nothing until memory is freed')
      case 'held':
        throw recovering('units came back and are not grantable yet')
      case 'sold-out':
      case 'closed':
      case 'paused':
        return { kind: decision.kind }
    }
  }

  /** Who is not eligible gets no coupon, and keeps one that they have. Before the opening nobody has one. */
  const answerIneligible = async (
    campaign: LiveCampaign,
    { userId, slot }: Omit<WaitingPress, 'couponId'>,
    rule: EligibilityRule,
  ): Promise<IssueAnswer> => {
    if (notOpenYet(campaign) !== undefined) return { kind: 'not-eligible', rule }
    // safeguard: a winner who is not eligible keeps the coupon
    const held = await ineligibleLooks.look(campaign.id, { userId, slot })
    if (held === undefined) return { kind: 'not-eligible', rule }
    return { kind: held.confirmed ? 'already' : 'confirming', grant: held.grant, campaign }
  }

  const issueOf = async (
    campaign: LiveCampaign,
    press: Omit<WaitingPress, 'couponId'>,
    claims: Claims,
  ): Promise<IssueAnswer> => {
    const { eligibility } = campaign.view.document
    const unmet = eligibility === undefined ? undefined : findUnmetRule(eligibility, claims)
    // safeguard: who is not eligible wins nothing
    if (unmet !== undefined) return answerIneligible(campaign, press, unmet)
    const early = notOpenYet(campaign)
    if (early !== undefined) return early
    const decided = await queueOf(campaign.id).submit({ ...press, couponId: options.newCouponId() })
    return decided === 'left' ? { kind: 'left' } : answer(campaign, decided)
  }

  const issueFound = (
    found: FoundCampaign,
    press: Omit<WaitingPress, 'couponId'>,
    claims: Claims,
  ): IssueAnswer | Promise<IssueAnswer> => {
    switch (found.kind) {
      case 'unknown':
        return { kind: 'unknown-campaign' }
      case 'retired':
        return { kind: 'closed' }
      case 'recovering':
        throw recovering('the campaign cannot be read')
      case 'live':
        return issueOf(found.campaign, press, claims)
    }
  }

  return {
    issue(campaignId, userId, slot, hasDisconnected = () => false, claims = noClaims) {
      const press = { userId, slot, hasDisconnected }
      const campaign = contact.known(campaignId)
      return campaign === undefined
        ? contact.find(campaignId).then((found) => issueFound(found, press, claims))
        : issueOf(campaign, press, claims)
    },
    isFull: () => queueBound.held >= queueBound.max,
  }
}

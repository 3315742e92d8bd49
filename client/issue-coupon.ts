import type { Coupon, Outcome, Problem } from './contract-types.ts'
import { type ApiReply, type ApiRequest, type CallOptions, isRetryable, type Transport } from './transport.ts'

/** What came of an issue. Only `granted` and `already` are a yes, and only the API says `soldOut`. */
export type IssueResult =
  /** They have it. After a lost answer it may be that of an earlier press. */
  | { kind: 'granted'; coupon: Coupon }
  /** They had it before this press. */
  | { kind: 'already'; coupon: Coupon }
  /** Granted, and not confirmed within the deadline, which is not a yes yet. Ask for the outcome. */
  | { kind: 'confirming'; coupon: Coupon }
  /** Pressing again is safe: after `opensAt`, by `serverNow()`. */
  | { kind: 'notOpen'; opensAt: string; serverTime: string; problem: Problem }
  | { kind: 'paused'; retryAfterMs: number | undefined; problem: Problem }
  /** Final for this campaign and these arguments; `invalid` is about the slot. */
  | { kind: FinalRefusal; problem: Problem }
  /** Refused with another code, or by somebody before the API. */
  | { kind: 'rejected'; status: number; problem: Problem | undefined }
  /** Nothing was done in any attempt: too many people, or a gate that is being recovered. Try again. */
  | { kind: 'overloaded' | 'recovering'; retryAfterMs: number | undefined; problem: Problem | undefined }
  /** Nobody knows whether they have one. Pressing again is safe, and so is asking for the outcome. */
  | {
      kind: 'unknown'
      retryAfterMs: number | undefined
      problem: Problem | undefined
      status: number
      cause: unknown
    }

type FinalRefusal = 'soldOut' | 'closed' | 'notEligible' | 'unauthorized' | 'unknownCampaign' | 'invalid'

const refusals: Readonly<Record<string, FinalRefusal>> = {
  'sold-out': 'soldOut',
  closed: 'closed',
  'not-eligible': 'notEligible',
  unauthorized: 'unauthorized',
  'unknown-campaign': 'unknownCampaign',
  invalid: 'invalid',
}

export type IssueOptions = CallOptions & {
  /** Which of several coupons of one campaign: 1 when left out. */
  slot?: number
}

const refusalOf = ({ status, problem, retryAfterMs }: ApiReply): IssueResult => {
  const kind = refusals[problem?.code ?? '']
  if (problem === undefined) return { kind: 'rejected', status, problem }
  if (kind !== undefined) return { kind, problem }
  const { code, opensAt = '', serverTime = '' } = problem
  if (code === 'not-open') return { kind: 'notOpen', opensAt, serverTime, problem }
  return code === 'paused' ? { kind: 'paused', retryAfterMs, problem } : { kind: 'rejected', status, problem }
}

/** What the API answers before it has done anything. All other failures may have granted a coupon. */
const didNothing = ({ problem }: ApiReply): boolean =>
  ['overloaded', 'recovering', 'rate-limited'].includes(problem?.code ?? '')

const failureOf = (reply: ApiReply, isUnknown: boolean): IssueResult => {
  const { problem, retryAfterMs, status, cause } = reply
  if (isUnknown) return { kind: 'unknown', retryAfterMs, problem, status, cause }
  return { kind: problem?.code === 'recovering' ? 'recovering' : 'overloaded', retryAfterMs, problem }
}

/**
 * Presses, and presses again while that is safe. When a press may have won without an answer, the outcome is
 * asked for first. A coupon that is being confirmed is polled until the deadline.
 */
export const issueCoupon = async (
  transport: Transport,
  campaignId: string,
  { slot = 1, ...call }: IssueOptions = {},
): Promise<IssueResult> => {
  const attempts = transport.begin(call)
  const path = `/v1/campaigns/${encodeURIComponent(campaignId)}/coupons`
  const press: ApiRequest = {
    method: 'POST',
    path: `${path}${slot === 1 ? '' : `?slot=${slot}`}`,
    has: 'rank',
  }
  const question: ApiRequest = { method: 'GET', path: `${path}/mine`, has: 'outcome' }
  let confirming: Coupon | undefined
  /** A press may have won without an answer. Only a decision of the API ends that. */
  let isUnknown = false
  let asksFirst = false
  let mayPress = true

  for (;;) {
    const asks = asksFirst || confirming !== undefined
    const reply = await attempts.send(asks ? question : press)
    const { status, retryAfterMs } = reply
    const isAnswer = status >= 200 && status < 300
    let pollMs = retryAfterMs

    if (isAnswer && !asks) {
      const coupon = reply.body as Coupon
      if (status !== 202) return { kind: status === 201 ? 'granted' : 'already', coupon }
      confirming = coupon
    } else if (isAnswer) {
      const { outcome, coupons, retryAfterMs: againMs } = reply.body as Outcome
      const coupon = coupons.find((one) => one.slot === slot)
      if (coupon !== undefined && coupon.state !== 'confirming') return { kind: 'granted', coupon }
      if (coupon === undefined && outcome !== 'recovering') {
        // They have none, so pressing again is safe.
        if (!mayPress || !attempts.isLeft()) return failureOf(reply, true)
        confirming = undefined
        asksFirst = false
        continue
      }
      confirming = coupon ?? confirming
      pollMs = againMs
    } else if (!asks) {
      mayPress = isRetryable(reply)
      if (!mayPress && status < 500) return refusalOf(reply)
      asksFirst = !didNothing(reply)
      isUnknown ||= asksFirst
    } else if (!isRetryable(reply)) {
      // What cannot be asked for stays as it is.
      return confirming === undefined ? failureOf(reply, true) : { kind: 'confirming', coupon: confirming }
    }

    if (confirming !== undefined) {
      if (!(await attempts.poll(pollMs ?? 0))) return { kind: 'confirming', coupon: confirming }
    } else if (!(await attempts.pauseAfter({ ...reply, retryAfterMs: pollMs }))) {
      return failureOf(reply, isUnknown)
    }
  }
}

import type { Socket } from 'node:net'
import type { EligibilityRule } from '../../coupon/campaign.ts'
import { idPattern, slotMax } from '../../coupon/grant.ts'
import type { IssueAnswer, Issuer } from '../../coupon/issue/issuer.ts'
import type { Claims } from '../../platform/tokens/token-claims.ts'
import type { Authenticator } from '../authenticator.ts'
import { formatTime, toCouponJson } from '../contract/answers.ts'
import { couponShape } from '../contract/coupon-shapes.ts'
import type { Operation } from '../contract/operation.ts'
import { readParameter } from '../contract/query-parameter.ts'
import { slotValue } from '../contract/shared-shapes.ts'
import { jsonResponse, noStoreHeaders } from '../json-response.ts'
import {
  failureProblem,
  invalidProblem,
  prepareInvalidProblem,
  prepareProblem,
  problem,
  unknownCampaign,
} from '../problem.ts'
import type { HttpContext, Route } from '../route.ts'

const path = '/v1/campaigns/:campaignId/coupons'

/** Reads `slot` of the query: 1 when left out, `undefined` when invalid. */
const readSlot = (context: HttpContext): number | undefined => {
  const text = readParameter(context, 'slot')
  if (text === undefined) return 1
  return /^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= slotMax ? Number(text) : undefined
}

const toCouponResponse = (
  answer: Extract<IssueAnswer, { kind: 'granted' | 'already' | 'confirming' }>,
  nowMs: number,
): Response => {
  const { kind, grant, campaign } = answer
  const terms = campaign.view.document.coupon
  const state = kind === 'confirming' ? 'confirming' : nowMs < terms.usableUntilMs ? 'usable' : 'expired'
  const coupon = toCouponJson({ grant, terms, state })
  const location = { ...noStoreHeaders, Location: `/v1/campaigns/${grant.campaignId}/coupons/mine` }
  if (kind === 'granted') return jsonResponse(coupon, 201, location)
  if (kind === 'already') return jsonResponse(coupon, 200, noStoreHeaders)
  return jsonResponse(coupon, 202, { ...location, 'Retry-After': '1' })
}

const soldOut = prepareProblem('sold-out', 'Every coupon of this campaign was granted.')
const closed = prepareProblem('closed', 'This campaign is closed.')
const invalidSlot = prepareInvalidProblem([
  { pointer: '/slot', message: `expected a whole number from 1 to ${slotMax}` },
])

const notEligibleProblems = new WeakMap<EligibilityRule, () => Response>()

/** Written once for each rule, which lives as long as its campaign is in memory. */
const notEligible = (rule: EligibilityRule): Response => {
  const { claim, anyOf } = rule
  const detail = `This campaign is for callers whose token has ${claim}: ${anyOf.join(' or ')}.`
  const known = notEligibleProblems.get(rule) ?? prepareProblem('not-eligible', detail, { fields: { claim } })
  notEligibleProblems.set(rule, known)
  return known()
}

const toResponse = (answer: IssueAnswer, gateNowMs: () => number): Response => {
  switch (answer.kind) {
    case 'granted':
    case 'already':
    case 'confirming':
      return toCouponResponse(answer, gateNowMs())
    case 'sold-out':
      return soldOut()
    case 'closed':
      return closed()
    case 'paused':
      return problem('paused', 'This campaign is paused. Trying again later is safe.')
    case 'not-open': {
      const waitSeconds = Math.max(1, Math.ceil((answer.opensAtMs - answer.nowMs) / 1_000))
      return problem('not-open', `This campaign opens at ${formatTime(answer.opensAtMs)}.`, {
        headers: { 'Retry-After': String(waitSeconds) },
        fields: { opensAt: formatTime(answer.opensAtMs), serverTime: formatTime(answer.nowMs) },
      })
    }
    case 'not-eligible':
      return notEligible(answer.rule)
    case 'over-limit':
      return invalidProblem([
        { pointer: '/slot', message: `expected at most ${answer.limit}, the campaign's limit for one user` },
      ])
    case 'unknown-campaign':
      return unknownCampaign()
    case 'left':
      return failureProblem('overloaded')
  }
}

const operation: Operation = {
  id: 'issue',
  summary: 'Press the button: get a coupon of this campaign',
  description:
    'Idempotent by campaign, shopper and slot: however often it is sent, there is one coupon, and pressing ' +
    'again is always safe. It takes no body; one that is sent is ignored.',
  query: { slot: slotValue.default(1) },
  answers: {
    200: { description: 'The shopper already has it: the same coupon.', schema: couponShape },
    201: { description: 'Granted, and kept for good.', schema: couponShape, headers: ['Location'] },
    202: {
      description: 'Granted, and not confirmed yet: ask at Location.',
      schema: couponShape,
      headers: ['Location', 'Retry-After'],
    },
  },
  problems: [
    'not-eligible',
    'sold-out',
    'not-open',
    'closed',
    'paused',
    'unknown-campaign',
    'recovering',
    'unavailable',
  ],
}

const isWin = ({ kind }: IssueAnswer): boolean =>
  kind === 'granted' || kind === 'already' || kind === 'confirming'

/** `issue`: gives the caller a coupon of this campaign. Idempotent by (campaign, user, slot). */
export const issueRoute = (issuer: Issuer, authenticator: Authenticator, gateNowMs: () => number): Route => {
  const answer = async (
    campaignId: string,
    userId: string,
    slot: number,
    socket: Socket,
    claims: Claims,
    token: number,
  ): Promise<Response> => {
    const issued = await issuer.issue(campaignId, userId, slot, () => socket.destroyed, claims)
    // Who has a coupon gets it as often as they ask.
    if (isWin(issued)) authenticator.giveBack(token)
    return toResponse(issued, gateNowMs)
  }
  const issueForShopper = authenticator.requireShopper((context, userId, claims, token) => {
    const slot = readSlot(context)
    if (slot === undefined) return invalidSlot()
    const campaignId = context.req.param('campaignId') ?? ''
    return idPattern.test(campaignId)
      ? answer(campaignId, userId, slot, context.env.incoming.socket, claims, token)
      : unknownCampaign()
  })
  return {
    method: 'POST',
    path,
    lane: 'change',
    caller: 'shopper',
    operation,
    handle: (context) => (issuer.isFull() ? failureProblem('overloaded') : issueForShopper(context)),
  }
}

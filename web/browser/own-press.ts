import type { Coupon, IssueResult, Outcome } from '../../client/shopper-client.ts'
import type { OwnPress } from './button-model.ts'

const heldAs = (kind: 'granted' | 'already' | 'usable', { rank, usableUntil }: Coupon): OwnPress => ({
  ...{ kind, rank, usableUntil },
})

/** What an answer to a press says. */
export const pressOf = (result: IssueResult, nowMs: number): OwnPress => {
  switch (result.kind) {
    case 'granted':
    case 'already':
      return heldAs(result.kind, result.coupon)
    case 'confirming':
      return { kind: 'confirming' }
    case 'soldOut':
      return { kind: 'sold-out', atMs: nowMs }
    case 'notOpen':
      return { kind: 'not-open', untilMs: Date.parse(result.opensAt) }
    case 'notEligible':
      return { kind: 'not-eligible' }
    case 'overloaded':
      return { kind: 'busy' }
    case 'recovering':
      return { kind: 'recovering' }
    case 'unknown':
      return { kind: 'unanswered' }
    case 'paused':
    case 'closed':
    case 'unauthorized':
    case 'unknownCampaign':
    case 'invalid':
    case 'rejected':
      // What everybody knows says so too.
      return { kind: 'none' }
  }
}

/** What the outcome says, for somebody of whom `before` was known. */
export const pressOfOutcome = ({ outcome, coupons }: Outcome, before: OwnPress): OwnPress => {
  const [coupon] = coupons
  // What was used, has expired or was revoked is theirs too, and nothing to use.
  if (outcome === 'granted' && coupon !== undefined)
    return heldAs(coupon.state === 'usable' ? 'usable' : 'already', coupon)
  if (outcome === 'confirming') return { kind: 'confirming' }
  // What is being recovered is not known: neither that they have one, nor that they have none.
  if (outcome === 'recovering' && before.kind === 'none') return { kind: 'recovering' }
  // Only `none` says that they have nothing. It takes back no win: it stands for a press that was not seen.
  return outcome === 'none' && before.kind !== 'sold-out' ? { kind: 'none' } : before
}

/** Whether it is worth asking what came of it. */
export const isOpenEnded = ({ kind }: OwnPress): boolean =>
  kind === 'confirming' || kind === 'unanswered' || kind === 'recovering'

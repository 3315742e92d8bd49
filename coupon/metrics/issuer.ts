import { Failure, type FailureCode } from '../../platform/failure.ts'
import type { Metrics } from '../../platform/metrics/metrics.ts'
import type { IssueAnswer, Issuer } from '../issue/issuer.ts'

type IssueOutcome = IssueAnswer['kind'] | FailureCode

/** Every outcome: one that is missing does not compile. */
const outcomes: Record<IssueOutcome, true> = {
  granted: true,
  already: true,
  confirming: true,
  'sold-out': true,
  'not-open': true,
  closed: true,
  paused: true,
  'over-limit': true,
  'not-eligible': true,
  'unknown-campaign': true,
  left: true,
  overloaded: true,
  recovering: true,
  unavailable: true,
  refused: true,
  defect: true,
}

/** The same issuer, with its outcomes counted. `queued` returns how many issues wait. */
export const measureIssuer = (issuer: Issuer, metrics: Metrics, queued: () => number): Issuer => {
  const family = metrics.counter({
    name: 'firstcome_issue_outcomes_total',
    help: 'Issues by outcome. Requests without a valid credential, slot or path count only when they are `overloaded`.',
    labels: ['outcome'],
  })
  const counts = Object.fromEntries(Object.keys(outcomes).map((outcome) => [outcome, family(outcome)]))
  const count = (outcome: IssueOutcome): void => counts[outcome]?.add(1)
  metrics.gauge({
    name: 'firstcome_issue_queue_size',
    help: 'Issues that wait for their turn, a gate, its answer or the log. The limit is ISSUE_QUEUE_MAX per process.',
    read: queued,
  })
  const answered = ({ kind }: IssueAnswer): void => count(kind)
  const failed = (cause: unknown): void => count(cause instanceof Failure ? cause.code : 'defect')
  return {
    issue(campaignId, userId, slot, hasDisconnected, claims) {
      const answer = issuer.issue(campaignId, userId, slot, hasDisconnected, claims)
      // Not awaited: no answer waits for a count.
      void answer.then(answered, failed)
      return answer
    },
    isFull() {
      const isFull = issuer.isFull()
      if (isFull) count('overloaded')
      return isFull
    },
  }
}

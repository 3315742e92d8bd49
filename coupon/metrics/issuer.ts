import { Failure, type FailureCode } from '../../platform/failure.ts'
import type { Metrics } from '../../platform/metrics/metrics.ts'
import type { IssueAnswer, Issuer } from '../issue/issuer.ts'

type Outcome = IssueAnswer['kind'] | FailureCode

/** All there are; a missing one does not compile. */
const outcomes: Record<Outcome, true> = {
  granted: true,
  already: true,
  confirming: true,
  'sold-out': true,
  'not-open': true,
  closed: true,
  paused: true,
  'over-limit': true,
  'unknown-campaign': true,
  left: true,
  overloaded: true,
  recovering: true,
  unavailable: true,
  refused: true,
  defect: true,
}

/** The same issuer, with its outcomes counted. `queued` says how many requests wait for a gate, or for its answer. */
export const measureIssuer = (issuer: Issuer, metrics: Metrics, queued: () => number): Issuer => {
  const family = metrics.counter({
    name: 'firstcome_issue_outcomes_total',
    help: 'Issues by what they were answered; those without a valid credential, slot or path are among them only as overloaded.',
    labels: ['outcome'],
  })
  const counts = Object.fromEntries(Object.keys(outcomes).map((outcome) => [outcome, family(outcome)]))
  const count = (outcome: Outcome): void => counts[outcome]?.add(1)
  metrics.gauge({
    name: 'firstcome_issue_queue_size',
    help: 'Issues that wait for their turn, a gate, its answer or the log; the bound is ISSUE_QUEUE_MAX a process.',
    read: queued,
  })
  const answered = ({ kind }: IssueAnswer): void => count(kind)
  const failed = (cause: unknown): void => count(cause instanceof Failure ? cause.code : 'defect')
  return {
    issue(campaignId, userId, slot, hasDisconnected) {
      const answer = issuer.issue(campaignId, userId, slot, hasDisconnected)
      // Beside the answer and not before it: nobody waits for a count.
      void answer.then(answered, failed)
      return answer
    },
    isFull() {
      const refuses = issuer.isFull()
      if (refuses) count('overloaded')
      return refuses
    },
  }
}

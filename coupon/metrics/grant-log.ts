import type { Metrics } from '../../platform/metrics/metrics.ts'
import type { GrantLog } from '../log/grant-log.ts'

/** The same grant log, with the outcomes of its entries counted, and its queue and circuit breaker shown. */
export const measureGrantLog = (grantLog: GrantLog, metrics: Metrics): GrantLog => {
  const appended = metrics.counter({
    name: 'firstcome_appended_entries_total',
    help: 'Outbox entries by outcome at their deadline: `confirmed`, or `pending` (pending is not a rejection).',
    labels: ['outcome'],
  })
  const counts = { confirmed: appended('confirmed'), pending: appended('pending') }
  metrics.gauge({
    name: 'firstcome_publish_queue_size',
    help: 'Outbox entries that wait for the log or are being produced.',
    read: () => grantLog.state().entriesWaiting,
  })
  metrics.gauge({
    name: 'firstcome_publisher_open',
    help: '1 after three failed produce requests in a row, until a probe succeeds. Grants are answered 202 meanwhile.',
    read: () => Number(grantLog.state().isOpen),
  })
  return {
    ...grantLog,
    async append(entry) {
      const outcome = await grantLog.append(entry)
      counts[outcome].add(1)
      return outcome
    },
  }
}

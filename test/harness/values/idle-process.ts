import type { ProcessSample } from '../../../coupon/process/process-sample.ts'

/** What a process says of itself that does nothing. */
export const idleProcess = (changes: Partial<ProcessSample> = {}): ProcessSample => ({
  ...{ id: 'one', name: 'host:1', kind: 'api', eventLoop: 0.1, cpu: 0.1, memoryBytes: 100_000_000 },
  ...{ queue: 0, publishQueue: 0, isPublisherOpen: false, outcomes: {}, issueDurations: [], rows: 0 },
  ...changes,
})

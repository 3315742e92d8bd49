import type { Checkout } from '../measure/checkout.ts'
import type { Machine } from '../measure/machine.ts'
import type { BurstRun } from './burst-run.ts'

/** Everything that a benchmark measured: `run.json` of a report, from which the report is made. */
export type BenchRun = {
  /** Raised when a field changes its meaning. */
  schema: 1
  /** UTC, RFC 3339. */
  startedAt: string
  /** The command that does the same again. */
  command: string
  checkout: Checkout
  machine: Machine
  /** Who started what was measured: the benchmark, `npm start` in this folder, or somebody else. */
  system?: 'own' | 'running' | 'given'
  burst: BurstRun
}

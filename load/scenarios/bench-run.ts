import type { Checkout } from '../measure/checkout.ts'
import type { Machine } from '../measure/machine.ts'
import type { BurstRun } from './burst-run.ts'
import type { FairnessResult } from './fairness.ts'
import { type LoadVerdict, worstVerdict } from './load-verdict.ts'
import type { Settlement } from './settle.ts'
import type { SteadyResult } from './steady.ts'

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
  /** How ranks followed the order of arrival. */
  fairness?: FairnessResult
  /** What people waited who do not wait for each other, up to the highest rate that was kept. */
  openModel?: SteadyResult
}

/** Every campaign of a benchmark: all were compared with the ledger. */
export const benchParts = ({
  burst,
  fairness,
  openModel,
}: BenchRun): Pick<Settlement, 'checks' | 'verdict' | 'unknown'>[] => [
  ...burst.bursts,
  ...(fairness?.bursts ?? []),
  ...(openModel?.steps ?? []),
]

/** The gravest verdict of all its campaigns. */
export const benchVerdict = (run: BenchRun): LoadVerdict =>
  worstVerdict(benchParts(run).map(({ verdict }) => verdict))

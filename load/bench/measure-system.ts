import { readSettings } from '../../platform/settings.ts'
import { withBaselines } from '../baselines/press-baseline.ts'
import { readCheckout } from '../measure/checkout.ts'
import { spreadOf } from '../measure/figures.ts'
import type { LatencyLog } from '../measure/latency-log.ts'
import type { ProcessSeconds } from '../measure/process-seconds.ts'
import type { BenchRun } from '../scenarios/bench-run.ts'
import { type BurstPlan, type BurstResult, runBurst } from '../scenarios/burst.ts'
import { runBursts } from '../scenarios/burst-run.ts'
import { runFairness } from '../scenarios/fairness.ts'
import { stampingApis } from '../scenarios/stamping-apis.ts'
import { runSteady } from '../scenarios/steady.ts'
import { loadSettings } from '../settings.ts'
import { withWiring } from '../wiring.ts'
import { type BenchPlan, benchCommandLine } from './plan.ts'
import type { MeasuredSystem } from './which-system.ts'

export type MeasureOptions = {
  plan: BenchPlan
  /** The API, instead of that of the environment. */
  url: string | undefined
  environment: NodeJS.ProcessEnv
  system: MeasuredSystem['kind']
  /** Reads the processors' time of its processes, where that is known. */
  processSeconds: () => Promise<ProcessSeconds>
  latencies: LatencyLog
  /** The file for all answers of a burst, by its number from 1. */
  historyOf(burst: number): string
  stderr: NodeJS.WritableStream
}

/**
 * Measures the system that `environment` reaches: rounds with the baselines, the order of arrival, and the
 * rates of an open model.
 */
export const measureSystem = ({
  plan,
  url,
  environment,
  system,
  historyOf,
  stderr,
  ...watches
}: MeasureOptions): Promise<BenchRun> => {
  const settings = readSettings(loadSettings, environment)
  return withWiring({ url, settings, stderr }, async ({ machine, ...wiring }) => {
    const [startedAt, checkout] = [new Date().toISOString(), await readCheckout()]
    let measured = 0
    const runOne = (one: BurstPlan): Promise<BurstResult> => {
      const isMeasured = one.name === 'burst'
      if (isMeasured) measured += 1
      return runBurst(one, {
        ...wiring,
        ...watches,
        ...(isMeasured ? { history: historyOf(measured) } : {}),
      })
    }
    const burst = await runBursts(plan.bursts, {
      ...wiring,
      burst: runOne,
      withBaselines: (work) => withBaselines({ ...wiring, jwtSecret: settings.JWT_SECRET }, work),
    })
    const command = benchCommandLine(plan)
    const run: BenchRun = { schema: 1, startedAt, command, checkout, machine, system, burst }
    if (plan.fairness === undefined) return run
    const { median } = spreadOf(burst.bursts.map(({ figures }) => figures.persistedPerSecond))
    return {
      ...run,
      fairness: await runFairness(plan.fairness, { ...wiring, ...stampingApis(environment) }),
      openModel: await runSteady(plan.sweepFrom(median), wiring),
    }
  })
}

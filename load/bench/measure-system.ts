import { readSettings } from '../../platform/settings.ts'
import { withBaselines } from '../baselines/press-baseline.ts'
import { readCheckout } from '../measure/checkout.ts'
import type { LatencyLog } from '../measure/latency-log.ts'
import type { ProcessSeconds } from '../measure/process-seconds.ts'
import type { BenchRun } from '../scenarios/bench-run.ts'
import { runBurst } from '../scenarios/burst.ts'
import { runBursts } from '../scenarios/burst-run.ts'
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
  stderr: NodeJS.WritableStream
}

/** Measures the system that `environment` reaches, in rounds with the baselines. */
export const measureSystem = ({
  plan,
  url,
  environment,
  system,
  stderr,
  ...watches
}: MeasureOptions): Promise<BenchRun> => {
  const settings = readSettings(loadSettings, environment)
  return withWiring({ url, settings, stderr }, async ({ machine, ...wiring }) => {
    const [startedAt, checkout] = [new Date().toISOString(), await readCheckout()]
    const burst = await runBursts(plan, {
      ...wiring,
      burst: (one) => runBurst(one, { ...wiring, ...watches }),
      withBaselines: (work) => withBaselines({ ...wiring, jwtSecret: settings.JWT_SECRET }, work),
    })
    return { schema: 1, startedAt, command: benchCommandLine(plan), checkout, machine, system, burst }
  })
}

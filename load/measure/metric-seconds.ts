import type { ProcessSeconds } from './process-seconds.ts'
import { readApiCounters } from './watch-api.ts'

/** Where a process of a system that somebody else started says what it spends. */
const portVariables = [
  ['api', 'API_METRICS_PORT'],
  ['worker', 'WORKER_METRICS_PORT'],
] as const

/** Reads the processors' time from metrics whose port the environment names; servers have no such metrics. */
export const readMetricSeconds = async (environment: NodeJS.ProcessEnv): Promise<ProcessSeconds> => {
  const host = environment['METRICS_HOST'] || '127.0.0.1'
  const seconds: ProcessSeconds = {}
  for (const [name, variable] of portVariables) {
    const port = environment[variable] ?? ''
    if (port === '') continue
    // Metrics that do not answer leave a gap in the report, and stop no benchmark.
    const spent = await readApiCounters(`http://${host}:${port}/metrics`).catch(() => undefined)
    if (spent !== undefined) seconds[name] = spent.cpuSeconds
  }
  return seconds
}

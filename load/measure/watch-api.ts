import { setTimeout as wait } from 'node:timers/promises'
import { Failure, messageOf } from '../../platform/failure.ts'

/** The highest value of each that was seen; undefined when `/metrics` never answered. */
export type ApiPeaks = { residentBytes: number | undefined; connections: number | undefined }

const intervalMs = 500
const answerTimeoutMs = 5_000

/** The value of a metric, summed over its series, or over those with this label. */
const valueOf = (text: string, name: string, label = ''): number | undefined => {
  const values = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*${label}[^}]*\\})? (\\S+)$`, 'gm'))]
  return values.length === 0 ? undefined : values.reduce((sum, [, value]) => sum + Number(value), 0)
}

/** What the API has spent so far, over all its processes. */
export type ApiCounters = {
  cpuSeconds: number
  /** Garbage collections of the whole heap. */
  majorCollections: number
  /** Calls in which a gate decided. */
  decideCalls: number
}

/** Rejects `unavailable` without seconds of processor. */
export const readApiCounters = async (metricsUrl: string): Promise<ApiCounters> => {
  const signal = AbortSignal.timeout(answerTimeoutMs)
  const text = await fetch(metricsUrl, { signal }).then((answer) => answer.text(), messageOf)
  const cpuSeconds = valueOf(text, 'process_cpu_seconds_total')
  if (cpuSeconds === undefined)
    throw new Failure('unavailable', `${metricsUrl} has no process_cpu_seconds_total: use --metrics`)
  const majorCollections = valueOf(text, 'nodejs_gc_duration_seconds_count', 'kind="major"') ?? 0
  const decideCalls = valueOf(text, 'firstcome_gate_call_duration_seconds_count', 'call="decide"') ?? 0
  return { cpuSeconds, majorCollections, decideCalls }
}

const greater = (left: number | undefined, right: number | undefined): number | undefined =>
  left === undefined || right === undefined ? (left ?? right) : Math.max(left, right)

/** Reads the API's metrics while `work` runs. Several processes on one port are added up. */
export const watchApi = async <Result>(
  metricsUrl: string,
  work: () => Promise<Result>,
): Promise<{ result: Result; peaks: ApiPeaks }> => {
  let peaks: ApiPeaks = { residentBytes: undefined, connections: undefined }
  const done = new AbortController()
  const look = async (): Promise<void> => {
    try {
      const signal = AbortSignal.timeout(answerTimeoutMs)
      const text = await (await fetch(metricsUrl, { signal })).text()
      peaks = {
        residentBytes: greater(peaks.residentBytes, valueOf(text, 'process_resident_memory_bytes')),
        connections: greater(peaks.connections, valueOf(text, 'firstcome_http_connections')),
      }
    } catch {
      // A busy API may answer late, and a remote one may hide its metrics: the report then shows "unknown".
    }
  }
  const looking = (async () => {
    while (!done.signal.aborted) {
      await look()
      await wait(intervalMs, undefined, { signal: done.signal }).catch(() => undefined)
    }
  })()
  try {
    const result = await work()
    await look()
    return { result, peaks }
  } finally {
    done.abort()
    await looking
  }
}

import type { Sample } from '../../platform/metrics/family.ts'
import type { Metrics } from '../../platform/metrics/metrics.ts'
import type { ProcessUsage } from '../../platform/process/process-usage.ts'
import type { ProcessSamples } from '../gate/process-samples.ts'
import { encodeProcessSample, type ProcessSample } from './process-sample.ts'

/** Says what this process does. */
export type ProcessSampler = {
  /** Call it once a second. It publishes only while a console may watch. Never rejects. */
  step(): Promise<void>
  /** What this process does now. Event loop and processor are those of the second before. */
  read(): Promise<ProcessSample>
}

export type ProcessSamplerOptions = Pick<ProcessSample, 'id' | 'name' | 'kind'> & {
  metrics: Pick<Metrics, 'values'>
  samples: Pick<ProcessSamples, 'publish'>
  isWatched(): boolean
  /** What the process took since the call before. */
  measureUsage(): ProcessUsage
}

const read = {
  outcomes: 'firstcome_issue_outcomes_total',
  durations: 'firstcome_http_answer_duration_seconds',
  queue: 'firstcome_issue_queue_size',
  publishQueue: 'firstcome_publish_queue_size',
  publisherOpen: 'firstcome_publisher_open',
  rows: 'firstcome_ledger_rows_total',
} as const

/** The route of presses, as its answers are counted. */
const issueRoute = 'POST /v1/campaigns/:campaignId/coupons'

/** Presses by bucket, none before the first press. In the metric each bucket also holds those below it. */
const bucketsOf = (samples: readonly Sample[]): ProcessSample['issueDurations'] => {
  let below = 0
  const buckets = samples
    .filter(({ labels, metricName }) => labels['route'] === issueRoute && metricName?.endsWith('_bucket'))
    .map(({ labels, value }) => {
      const count = value - below
      below = value
      return { le: String(labels['le']), count }
    })
  return below === 0 ? [] : buckets
}

/** Four digits say enough of a share. */
const rounded = (share: number): number => Math.round(share * 10_000) / 10_000

export const createProcessSampler = (options: ProcessSamplerOptions): ProcessSampler => {
  const { id, name, kind, metrics, samples, measureUsage } = options
  let usage: ProcessUsage | undefined

  const readSample = async (): Promise<ProcessSample> => {
    const { eventLoop, cpu, memoryBytes } = (usage ??= measureUsage())
    const [outcomes, durations, queue, publishQueue, publisherOpen, rows] = await Promise.all(
      Object.values(read).map((metric) => metrics.values(metric)),
    )
    const valueOf = (values: typeof queue): number => values?.[0]?.value ?? 0
    return {
      ...{ id, name, kind, memoryBytes },
      ...{ eventLoop: rounded(Math.min(1, eventLoop)), cpu: rounded(cpu) },
      ...{ queue: valueOf(queue), publishQueue: valueOf(publishQueue), rows: valueOf(rows) },
      isPublisherOpen: valueOf(publisherOpen) > 0,
      outcomes: Object.fromEntries(
        (outcomes ?? [])
          .filter(({ value }) => value > 0)
          .map(({ labels, value }) => [String(labels['outcome']), value]),
      ),
      issueDurations: bucketsOf(durations ?? []),
    }
  }

  return {
    read: readSample,
    async step() {
      // Measured also while nobody watches: the first sample is of one second, and not of a night.
      usage = measureUsage()
      if (!options.isWatched()) return
      // A Redis that does not answer shows a console this process alone: its own.
      await readSample()
        .then((sample) => samples.publish(id, encodeProcessSample(sample)))
        .catch(() => undefined)
    },
  }
}

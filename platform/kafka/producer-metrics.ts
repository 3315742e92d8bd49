import { type Metrics, waitBounds } from '../metrics/metrics.ts'
import type { Producer } from './producer.ts'

const recordBounds = [1, 4, 16, 64, 256, 1_024, 4_096]

/** Wraps a producer and measures every produce request by topic. */
export const measureProducer = (
  producer: Producer,
  metrics: Metrics,
  monotonicMs: () => number,
): Producer => {
  const labels = ['topic']
  const durations = metrics.histogram({
    name: 'firstcome_produce_duration_seconds',
    help: 'Time of one produce request, until Kafka acknowledged it (acks=all) or it failed.',
    labels,
    bounds: waitBounds,
  })
  const batches = metrics.histogram({
    name: 'firstcome_produce_batch_size',
    help: 'Records in one produce request.',
    labels,
    bounds: recordBounds,
  })
  const failures = metrics.counter({
    name: 'firstcome_produce_failures_total',
    help: 'Produce requests that Kafka did not acknowledge. Their records may still be in the topic.',
    labels,
  })
  const createMeters = (topic: string) => ({
    duration: durations(topic),
    batch: batches(topic),
    failure: failures(topic),
  })
  const meters = new Map<string, ReturnType<typeof createMeters>>()
  return {
    ...producer,
    async append(topic, partition, records) {
      const startedAtMs = monotonicMs()
      const meter = meters.get(topic) ?? createMeters(topic)
      meters.set(topic, meter)
      meter.batch.observe(records.length)
      try {
        return await producer.append(topic, partition, records)
      } catch (cause) {
        meter.failure.add(1)
        throw cause
      } finally {
        meter.duration.observe((monotonicMs() - startedAtMs) / 1_000)
      }
    },
  }
}

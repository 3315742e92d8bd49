import cluster from 'node:cluster'
import { Hono } from 'hono'
import { AggregatorRegistry, collectDefaultMetrics, type Metric, Registry } from 'prom-client'
import { Failure, messageOf } from '../failure.ts'
import type { ReadinessCheck } from '../http/health.ts'
import { serveHttp } from '../http/server.ts'
import { withTimeout } from '../with-timeout.ts'
import {
  type Count,
  createCount,
  createFamily,
  createHistogram,
  type Family,
  type Histogram,
  type Sample,
} from './family.ts'

/**
 * `name` follows https://prometheus.io/docs/practices/naming/: `firstcome_`, base units, `_total` on a
 * counter.
 */
type MetricDescription = { name: string; help: string }

/** The values of a label must come from a bounded set. */
type LabelledMetric = MetricDescription & { labels?: readonly string[] }

/** The present value of a gauge; `undefined` or no sample when it is unknown. */
type GaugeReading = readonly Sample[] | number | undefined

/** The metrics of one process. A second metric of the same name throws `defect`. */
export type Metrics = {
  counter(options: LabelledMetric): Family<Count>
  /**
   * `bounds` are the upper ends of the buckets, lowest first. The last bucket, without an upper end, is
   * added.
   */
  histogram(options: LabelledMetric & { bounds: readonly number[] }): Family<Histogram>
  /**
   * `read` is called at every scrape; when it throws, the gauge has no sample. `aggregate` is how the values
   * of the processes of a cluster are combined.
   */
  gauge(
    options: MetricDescription & {
      aggregate?: 'sum' | 'max' | 'min'
      read(): GaugeReading | Promise<GaugeReading>
    },
  ): void
  /** The present values of one metric; none when there is no metric of that name. */
  values(name: string): Promise<readonly Sample[]>
  /** All metrics in the text format of Prometheus. */
  read(): Promise<string>
}

/** Bounds in seconds for calls to a server: from half a millisecond to the longest timeout. */
export const waitBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/**
 * Metrics of prom-client that visit every open connection at a scrape. The open files alone blocked the event
 * loop for 14 ms at 15,000 connections. Some are also gauges with names in `_total`.
 */
const slowMetrics = [
  'process_open_fds',
  ...['handles', 'requests', 'resources'].flatMap((what) => [
    `nodejs_active_${what}`,
    `nodejs_active_${what}_total`,
  ]),
]

/**
 * prom-client measures the process, writes the text format and sums a cluster. The counters and histograms
 * are our own: numbers in memory that a scrape reads. An update costs 2 and 16 ns, with prom-client 140 and
 * 360 ns, and every request updates three. In a process of a cluster, prom-client answers
 * `readClusterMetrics` of the primary.
 */
export const createMetrics = (): Metrics => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const name of slowMetrics) registry.removeSingleMetric(name)
  AggregatorRegistry.setRegistries([registry])
  // The constructor makes prom-client listen to the primary.
  if (cluster.isWorker) void new AggregatorRegistry()

  const register = (
    type: 'counter' | 'gauge' | 'histogram',
    { name, help }: MetricDescription,
    aggregator: string,
    samples: () => readonly Sample[] | Promise<readonly Sample[]>,
  ): void => {
    if (registry.getSingleMetric(name) !== undefined)
      throw new Failure('defect', `a metric named ${name} already exists`)
    const metric = { name, get: async () => ({ name, help, type, aggregator, values: await samples() }) }
    // A registry uses only these members. prom-client's own sums of a cluster are such objects too.
    registry.registerMetric(metric as unknown as Metric)
  }

  return {
    counter(options) {
      const family = createFamily(options.labels ?? [], createCount)
      register('counter', options, 'sum', family.samples)
      return family.child
    },
    histogram(options) {
      const family = createFamily(options.labels ?? [], () => createHistogram(options.name, options.bounds))
      register('histogram', options, 'sum', family.samples)
      return family.child
    },
    gauge({ read, aggregate = 'sum', ...description }) {
      register('gauge', description, aggregate, async () => {
        try {
          const reading = await read()
          return typeof reading === 'number' ? [{ labels: {}, value: reading }] : (reading ?? [])
        } catch {
          // One unknown gauge must not hide the others.
          return []
        }
      })
    },
    async values(name) {
      const reading = await registry.getSingleMetric(name)?.get()
      return (reading?.values ?? []) as readonly Sample[]
    },
    read: () => registry.metrics(),
  }
}

/**
 * In the primary of a cluster: the combined metrics of all processes, empty when none runs. Rejects when a
 * process does not answer within 5 s.
 */
export const readClusterMetrics = (): Promise<string> => new AggregatorRegistry().clusterMetrics()

/** Longer than prom-client waits for the processes of a cluster. */
const scrapeTimeoutMs = 6_000

export type MetricsServerOptions = {
  host: string
  /** 0 takes a free port. */
  port: number
  read(): Promise<string>
}

/** `location` is the URL of the metrics, or, in a process of a cluster, who serves them. */
export type MetricsServer = { location: string; close(deadlineMs: number): Promise<void> }

/**
 * Serves `GET /metrics` on its own port, which shoppers must not reach. A process of a cluster does not
 * listen: the primary answers for all. Rejects with `refused` when the port is in use.
 */
export const serveMetrics = async (options: MetricsServerOptions): Promise<MetricsServer> => {
  if (cluster.isWorker) return { location: 'the supervising process', close: async () => {} }
  const { host, port } = options
  const app = new Hono().get('/metrics', async (context) => {
    try {
      const text = await withTimeout(options.read(), scrapeTimeoutMs, 'the metrics were not read')
      return context.body(text, 200, { 'Content-Type': Registry.PROMETHEUS_CONTENT_TYPE })
    } catch (cause) {
      return context.text(messageOf(cause), 503)
    }
  })
  try {
    const server = await serveHttp(app, {
      host,
      port,
      keepAliveTimeoutMs: 75_000,
      requestTimeoutMs: 10_000,
      connectionsMax: 50,
    })
    return { location: `http://${host}:${server.port}/metrics`, close: server.close }
  } catch (cause) {
    throw new Failure('refused', `metrics cannot be served at ${host}:${port}: ${messageOf(cause)}`, {
      cause,
    })
  }
}

/** Exposes the checks of `/readyz` as a metric. */
export const showReadiness = (checks: readonly ReadinessCheck[], metrics: Metrics): void =>
  metrics.gauge({
    name: 'firstcome_ready',
    help: '1 while this check of /readyz is ready, else 0.',
    aggregate: 'min',
    read: () =>
      checks.map(({ name, isReady: ready }) => ({ labels: { check: name }, value: Number(ready()) })),
  })

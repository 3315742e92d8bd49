import cluster from 'node:cluster'
import { Hono } from 'hono'
import { AggregatorRegistry, collectDefaultMetrics, type Metric, Registry } from 'prom-client'
import { Failure, messageOf } from '../failure.ts'
import type { ReadinessCheck } from '../http/health.ts'
import { serveHttp } from '../http/server.ts'
import {
  type Count,
  createFamily,
  createCount,
  createHistogram,
  type Family,
  type Histogram,
  type Sample,
} from './family.ts'
import { withTimeout } from '../with-timeout.ts'

/** `name` follows https://prometheus.io/docs/practices/naming/: `firstcome_`, base units, `_total` on a counter. */
type MetricDescription = { name: string; help: string }

/** The values of a label have to come from a bounded set. */
type LabelledMetric = MetricDescription & { labels?: readonly string[] }

/** What a gauge says of now; nothing when it is not known. */
type GaugeReading = readonly Sample[] | number | undefined

/** The metrics of one process. A second one of the same name is a defect. */
export type Metrics = {
  counter(options: LabelledMetric): Family<Count>
  /** `bounds` are upper ends, lowest first; the last bucket, which has none, comes by itself. */
  histogram(options: LabelledMetric & { bounds: readonly number[] }): Family<Histogram>
  /** `read` is asked at every scrape; what it throws counts as not known. `together`: what a cluster makes of its processes' values. */
  gauge(options: MetricDescription & { together?: 'sum' | 'max' | 'min'; read(): GaugeReading | Promise<GaugeReading> }): void
  /** All of them in Prometheus' text format. */
  read(): Promise<string>
}

/** Bounds in seconds for whatever waits for a server: from half a millisecond to the longest deadline there is. */
export const waitBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/**
 * Those of prom-client that walk every open connection at a scrape: open files alone held everybody up for 14 ms at 15,000 of them. Some
 * are gauges called `_total`, too.
 */
const walkingConnections = [
  'process_open_fds',
  ...['handles', 'requests', 'resources'].flatMap((what) => [
    `nodejs_active_${what}`,
    `nodejs_active_${what}_total`,
  ]),
]

/**
 * prom-client measures the process, writes the text and sums a cluster. Its own counters and histograms cost 140 and 360 ns of
 * processor a touch with bound labels, and every request touches three: ours, numbers in memory that a scrape reads, 2 and 16.
 * In a process of a cluster they answer `readClusterMetrics` of the primary by themselves.
 */
export const createMetrics = (): Metrics => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const name of walkingConnections) registry.removeSingleMetric(name)
  AggregatorRegistry.setRegistries([registry])
  // Making one is what has prom-client listen to the primary.
  if (cluster.isWorker) void new AggregatorRegistry()

  const register = (
    type: 'counter' | 'gauge' | 'histogram',
    { name, help }: MetricDescription,
    aggregator: string,
    samples: () => readonly Sample[] | Promise<readonly Sample[]>,
  ): void => {
    if (registry.getSingleMetric(name) !== undefined)
      throw new Failure('defect', `there are two metrics called ${name}`)
    const metric = { name, get: async () => ({ name, help, type, aggregator, values: await samples() }) }
    // A registry asks no more of a metric than this; its sums of a cluster are such objects too.
    registry.registerMetric(metric as unknown as Metric)
  }

  return {
    counter(options) {
      const cells = createFamily(options.labels ?? [], createCount)
      register('counter', options, 'sum', cells.samples)
      return cells.child
    },
    histogram(options) {
      const cells = createFamily(options.labels ?? [], () => createHistogram(options.name, options.bounds))
      register('histogram', options, 'sum', cells.samples)
      return cells.child
    },
    gauge({ read, together = 'sum', ...described }) {
      register('gauge', described, together, async () => {
        try {
          const reading = await read()
          return typeof reading === 'number' ? [{ labels: {}, value: reading }] : (reading ?? [])
        } catch {
          // One thing that is not known must not hide all others.
          return []
        }
      })
    },
    read: () => registry.metrics(),
  }
}

/** In the primary of a cluster: the metrics of all its processes as one. Empty when none runs; rejects when one does not answer in 5 s. */
export const readClusterMetrics = (): Promise<string> => new AggregatorRegistry().clusterMetrics()

/** Longer than prom-client waits for the processes of a cluster. */
const scrapeTimeoutMs = 6_000

export type MetricsServerOptions = {
  host: string
  /** 0 takes any that is free. */
  port: number
  read(): Promise<string>
}

/** Where the metrics of this process are served, in words; and how to stop it. */
export type MetricsServer = { location: string; close(deadlineMs: number): Promise<void> }

/**
 * Serves `GET /metrics` on a port of its own, which no shopper should reach. A process of a cluster listens nowhere: its primary
 * answers for all. Rejects `refused` when the port cannot be had.
 */
export const serveMetrics = async (options: MetricsServerOptions): Promise<MetricsServer> => {
  if (cluster.isWorker) return { location: 'the first process', close: async () => {} }
  const { host, port } = options
  const app = new Hono().get('/metrics', async (context) => {
    try {
      const text = await withTimeout(options.read(), scrapeTimeoutMs, 'metrics: no answer')
      return context.body(text, 200, { 'Content-Type': Registry.PROMETHEUS_CONTENT_TYPE })
    } catch (cause) {
      return context.text(messageOf(cause), 503)
    }
  })
  try {
    const server = await serveHttp(app, {
      ...{ host, port, keepAliveTimeoutMs: 75_000, requestTimeoutMs: 10_000 },
      // Scrapers, and people who look.
      connectionsMax: 50,
    })
    return { location: `http://${host}:${server.port}/metrics`, close: server.close }
  } catch (cause) {
    throw new Failure('refused', `no metrics at ${host}:${port}: ${messageOf(cause)}`, { cause })
  }
}

/** Shows the checks of `/readyz`, of which a pager can be told too. */
export const showReadiness = (checks: readonly ReadinessCheck[], metrics: Metrics): void =>
  metrics.gauge({
    name: 'firstcome_ready',
    help: '1 while the check of /readyz of this name holds, else 0.',
    together: 'min',
    read: () => checks.map(({ name, isReady: ready }) => ({ labels: { check: name }, value: Number(ready()) })),
  })

import { afterEach, expect, test } from 'vitest'
import { lintMetrics } from '../../test/harness/metrics/metric-lint.ts'
import { type Scrape, scrape, toScrape } from '../../test/harness/metrics/metric-text.ts'
import { killPrograms, runOwnProgram } from '../../test/harness/processes/run-own-program.ts'
import { until } from '../../test/harness/values/until.ts'
import { createMetrics, type Metrics, type MetricsServer, serveMetrics, showReadiness } from './metrics.ts'

const servers: MetricsServer[] = []
afterEach(async () => {
  await killPrograms()
  await Promise.all(servers.splice(0).map((server) => server.close(0)))
})

const serve = async (read: () => Promise<string>, port = 0): Promise<string> => {
  const server = await serveMetrics({ host: '127.0.0.1', port, read })
  servers.push(server)
  return server.location
}

const read = async (metrics: Metrics): Promise<Scrape> => toScrape(await metrics.read())

test('a counter has a sample for each label value, also at 0', async () => {
  const metrics = createMetrics()
  const outcomes = metrics.counter({ name: 'firstcome_a_total', help: 'A.', labels: ['outcome'] })
  const [granted, closed] = [outcomes('granted'), outcomes('closed')]
  granted.add(1)
  granted.add(2)
  closed.add(0)
  outcomes('granted').add(4)
  expect((await read(metrics)).by('firstcome_a_total', 'outcome')).toEqual({ granted: 7, closed: 0 })
})

test('an observation counts in every bucket up to its value, the bound included', async () => {
  const metrics = createMetrics()
  const histogram = metrics.histogram({ name: 'firstcome_wait_seconds', help: 'H.', bounds: [1, 2, 4] })()
  for (const value of [0, 1, 1.5, 4, 9]) histogram.observe(value)
  const seen = await read(metrics)
  expect(seen.by('firstcome_wait_seconds_bucket', 'le')).toEqual({ 1: 2, 2: 3, 4: 4, '+Inf': 5 })
  expect([seen.value('firstcome_wait_seconds_sum'), seen.value('firstcome_wait_seconds_count')]).toEqual([
    15.5, 5,
  ])
})

test('past 500 lists of label values all others count as other', async () => {
  const metrics = createMetrics()
  const counts = metrics.counter({ name: 'firstcome_a_total', help: 'A.', labels: ['a', 'b'] })
  for (let index = 0; index < 600; index += 1) counts(`a${index}`, 'b').add(1)
  const samples = (await read(metrics)).families.get('firstcome_a_total')?.samples
  expect(samples).toHaveLength(501)
  expect(samples?.at(-1)).toMatchObject({ labels: { a: 'other', b: 'other' }, value: 100 })
})

test('a gauge is read at the scrape; one that fails does not hide the others', async () => {
  const metrics = createMetrics()
  const waiting = [1, 2]
  metrics.gauge({ name: 'firstcome_queue_size', help: 'Q.', read: async () => waiting.length })
  metrics.gauge({
    name: 'firstcome_unreadable',
    help: 'A.',
    read: () => {
      throw new Error('unreadable')
    },
  })
  metrics.gauge({ name: 'firstcome_unknown', help: 'U.', read: () => undefined })
  waiting.push(3)
  const seen = await read(metrics)
  expect(seen.value('firstcome_queue_size')).toBe(3)
  expect([seen.value('firstcome_unreadable'), seen.value('firstcome_unknown')]).toEqual([
    undefined,
    undefined,
  ])
})

test('a second metric of the same name is a defect', () => {
  const metrics = createMetrics()
  metrics.counter({ name: 'firstcome_a_total', help: 'A.' })
  expect(() => metrics.gauge({ name: 'firstcome_a_total', help: 'A.', read: () => 1 })).toThrow(
    'a metric named firstcome_a_total already exists',
  )
})

test('process metrics follow the naming rules, and none of them visits the connections', async () => {
  const { families } = await read(createMetrics())
  expect(lintMetrics(families.values())).toEqual([])
  expect([...families.keys()]).toEqual(
    expect.arrayContaining(['process_cpu_seconds_total', 'nodejs_eventloop_lag_p99_seconds']),
  )
  expect([...families.keys()].filter((name) => /^nodejs_active|open_fds/.test(name))).toEqual([])
})

test('every check of /readyz is 1 or 0 at the scrape', async () => {
  const metrics = createMetrics()
  let isWarm = false
  showReadiness([{ name: 'warm', isReady: () => isWarm }], metrics)
  expect((await read(metrics)).by('firstcome_ready', 'check')).toEqual({ warm: 0 })
  isWarm = true
  expect((await read(metrics)).by('firstcome_ready', 'check')).toEqual({ warm: 1 })
})

test('only /metrics is served; unreadable metrics are 503, and a port in use is refused', async () => {
  const url = await serve(() => Promise.resolve('all is well\n'))
  const answer = await fetch(url)
  expect([answer.headers.get('content-type'), await answer.text()]).toEqual([
    'text/plain; version=0.0.4; charset=utf-8',
    'all is well\n',
  ])
  expect((await fetch(new URL('/', url))).status).toBe(404)
  const failing = await fetch(await serve(() => Promise.reject(new Error('no process answers'))))
  expect([failing.status, await failing.text()]).toEqual([503, 'no process answers'])
  await expect(serve(() => Promise.resolve(''), Number(new URL(url).port))).rejects.toThrow(
    /^metrics cannot be served at 127\.0\.0\.1:\d+: listen EADDRINUSE/,
  )
})

test('the first of several processes serves the metrics of all: sums, and the least ready', async () => {
  const program = await runOwnProgram(`
    import cluster from 'node:cluster'
    import { createMetrics, readClusterMetrics, serveMetrics, showReadiness } from 'platform/metrics/metrics.ts'
    const address = { host: '127.0.0.1', port: 0 }
    if (cluster.isPrimary) {
      process.stdout.write((await serveMetrics({ ...address, read: readClusterMetrics })).location + '\\n')
      cluster.fork(); cluster.fork()
    } else {
      const metrics = createMetrics()
      metrics.counter({ name: 'firstcome_a_total', help: 'A.' })().add(cluster.worker.id)
      metrics.histogram({ name: 'firstcome_wait_seconds', help: 'H.', bounds: [1] })().observe(cluster.worker.id)
      metrics.gauge({ name: 'firstcome_campaigns', help: 'C.', aggregate: 'max', read: () => cluster.worker.id })
      showReadiness([{ name: 'warm', isReady: () => cluster.worker.id === 1 }], metrics)
      await serveMetrics({ ...address, read: metrics.read })
    }`)
  const location = await until('it prints its location', () => program.lines()[0])
  const seen = await until('both processes are counted', async () => {
    const answer = await scrape(location)
    return answer.value('firstcome_wait_seconds_count') === 2 && answer
  })
  expect(seen.value('firstcome_a_total')).toBe(3)
  expect(seen.by('firstcome_wait_seconds_bucket', 'le')).toEqual({ 1: 1, '+Inf': 2 })
  expect(seen.value('firstcome_campaigns')).toBe(2)
  expect(seen.by('firstcome_ready', 'check')).toEqual({ warm: 0 })
  expect(lintMetrics(seen.families.values())).toEqual([])
})

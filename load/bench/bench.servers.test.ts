import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openHistory } from '../../coupon/audit/history.ts'
import { connectDatabase } from '../../platform/mysql/database.ts'
import { runCommand, type Said } from '../../test/harness/processes/run-command.ts'
import { createLatencyLog } from '../measure/latency-log.ts'
import type { BenchRun } from '../scenarios/bench-run.ts'
import { measureSystem } from './measure-system.ts'
import { benchPlanOf } from './plan.ts'

/** Both took 26 s on a machine with a load average of 12. */
const onABusyMachine = { timeout: 150_000 }
let reports: string

beforeAll(async () => {
  reports = await mkdtemp(join(tmpdir(), 'firstcome-reports-'))
})

afterAll(() => rm(reports, { recursive: true }))

/** Runs it against the API of the tests, and reads the report that it writes. */
const bench = async (name: string, words: string) => {
  const folder = join(reports, name)
  const [apiUrl] = inject('apiUrls')
  const { api, worker } = inject('metricsUrls')
  const said: Said = await runCommand('load/bench/main.ts', [...words.split(' '), '--reports', folder], {
    API_URL: apiUrl,
    API_METRICS_PORT: new URL(api).port,
    WORKER_METRICS_PORT: new URL(worker).port,
  })
  const [report = ''] = await readdir(folder)
  const read = (file: string) => readFile(join(folder, report, file), 'utf8')
  return {
    ...said,
    report,
    folder: join(folder, report),
    read,
    run: JSON.parse(await read('run.json')) as BenchRun,
  }
}

test(
  'npm run bench writes a report with the verdict, the figures and both baselines',
  onABusyMachine,
  async () => {
    const { code, stdout, report, folder, read, run } = await bench(
      'sound',
      '--shoppers 300 --rounds 2 --bursts-only',
    )
    expect(stdout.trim()).toMatch(/^PASS/)
    expect(code).toBe(0)
    expect(report).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-(?:[0-9a-f]{10}|unknown)$/)
    expect(run.burst.comparison?.rounds).toHaveLength(2)
    expect(run.burst.bursts.map(({ figures }) => figures.persisted)).toEqual([300, 300])
    expect(run.system).toBe('given')
    // What the benchmark did not start is known by its metrics alone, which servers do not have.
    expect(Object.keys(run.burst.bursts[0]?.cpuMicroseconds ?? {})).toEqual(['api', 'worker'])
    expect(await read('report.html')).toContain('<h1>PASS</h1>')
    expect(await read('report.md')).toContain('bare node:http')
    // Both bursts: 300 latencies of each.
    expect(await read('granted.hgrm')).toMatch(/#\[Max .* Total count +=  +600\]/)
    expect(run.burst.bursts.map(({ timeline }) => timeline?.at(-1)?.rows)).toEqual([300, 300])
    const history = await openHistory(join(folder, 'burst-2.answers.gz'))
    expect(history.campaignId).toBe(run.burst.bursts[1]?.campaignId)
    const users = new Set<string>()
    for await (const some of history.entries()) for (const { userId } of some) users.add(userId)
    expect(users.size).toBe(300)
  },
)

test('a benchmark also has the order of arrival and the rates of an open model', onABusyMachine, async () => {
  const [pressesPerSecond, nothing] = [40, { reports: undefined, url: undefined }]
  const { fairness, openModel } = await measureSystem({
    plan: {
      ...benchPlanOf({ ...nothing, quick: true, shoppers: 100, rounds: 1, 'bursts-only': false }),
      sweepFrom: () => ({
        ...{ pressesPerSecond, seconds: 1, warmUpSeconds: 0, connections: 8, sweepP99Ms: undefined },
      }),
    },
    url: inject('apiUrls')[0],
    environment: inject('environment'),
    system: 'given',
    processSeconds: () => Promise.resolve({}),
    latencies: createLatencyLog(),
    historyOf: (burst) => join(reports, `burst-${burst}`),
    stderr: new PassThrough().resume(),
  })
  expect(fairness?.bursts.map(({ kind, unfair }) => [kind, unfair])).toEqual([
    ['one process', []],
    ['two processes', []],
    ['a shared address', []],
  ])
  expect(openModel?.steps.map((step) => step.granted?.count)).toEqual([pressesPerSecond])
})

/** Deletes a row of each measured burst as soon as it is there: those whose campaign has this stock. */
const deleteRows = async (stock: number, signal: AbortSignal): Promise<void> => {
  const url = inject('environment')['DATABASE_URL'] ?? ''
  const database = connectDatabase({ url, connectionsMax: 1, queryTimeoutMs: 5_000 })
  const find = "SELECT campaign_id FROM campaigns WHERE name = 'Load run' AND stock = ?"
  // By its key: a scan of all coupons would take longer than the burst.
  const remove = 'DELETE FROM coupons WHERE campaign_id = ? AND `rank` = 5'
  while (!signal.aborted) {
    for (const { campaign_id: id } of await database.read(find, [stock])) await database.change(remove, [id])
    await wait(2)
  }
  await database.close()
}

test(
  'with a row deleted amid a burst the report is INVALID without a speed on top, and the exit code 1',
  onABusyMachine,
  async () => {
    const done = new AbortController()
    const deleting = deleteRows(1_207, done.signal)
    const { code, stdout, read, run } = await bench('invalid', '--shoppers 1207 --rounds 3 --bursts-only')
    done.abort()
    await deleting
    expect(stdout.trim()).toMatch(/^INVALID .*broken: no-lost-win/)
    expect(code).toBe(1)
    expect(run.burst.verdict).toBe('fail')
    const page = await read('report.html')
    expect(page).toContain('<h1>INVALID</h1>')
    const aboveThePromises = page.slice(page.indexOf('<main>'), page.indexOf('<h2>')).replace(/<[^>]+>/g, '')
    expect(aboveThePromises).toContain('A promise was broken')
    expect(aboveThePromises).not.toMatch(/\d/)
    expect(await read('report.md')).toMatch(/^# Load run: INVALID\n/)
  },
)

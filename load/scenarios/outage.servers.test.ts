import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { runCommand } from '../../test/harness/processes/run-command.ts'
import { type Running, startPart } from '../../test/harness/processes/start-part.ts'
import { type OwnServers, startOwnServers } from '../../test/harness/servers/own-servers.ts'
import type { Machine } from '../measure/machine.ts'
import { outageReport } from '../report/outage.ts'
import type { OutageResult } from './outage.ts'

let servers: OwnServers
let [api, worker]: Running[] = []
beforeAll(async () => {
  servers = await startOwnServers('outage')
  const start = (part: 'api' | 'worker'): Promise<Running> =>
    startPart(part, servers.environment, { folder: inject('folder'), waitFor: 'ready' })
  ;[api, worker] = await Promise.all([start('api'), start('worker')])
}, 120_000)
afterAll(async () => {
  await Promise.all([api?.stop(), worker?.stop()])
  await servers?.stop()
})

const words = ['--seconds', '1', '--before', '1', '--after', '2', '--presses', '50', '--json']
const outage = (pid: number) =>
  runCommand('load/main.ts', ['outage', '--pid', String(pid), ...words], {
    ...servers.environment,
    API_URL: api?.url ?? '',
  })

test('while the worker is frozen people get coupons, and every grant is a row afterwards', async () => {
  const { code, stdout, stderr } = await outage(worker?.pid ?? 0)
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('expected')])
  const { machine, ...result } = JSON.parse(stdout) as OutageResult & { machine: Machine }
  const [seen] = result.outages
  expect(seen?.stretches[1]?.outcomes.map(({ outcome }) => outcome)).toEqual(['201 granted'])
  expect(seen?.backlogMax).toBeGreaterThan(0)
  expect(seen?.caughtUpMs).not.toBeNull()
  const text = stripVTControlCharacters(outageReport(result, machine, process.stdout))
  expect(text).toMatch(/PASS {2}process \d+ was frozen for 1 s; all \d+ promises held/)
  expect(text).toMatch(/While frozen +answers .*\n +201 granted +\d+/)
}, 60_000)

test('a process that is not there is refused by its id, before anybody presses', async () => {
  const { code, stderr } = await outage(4_194_303)
  expect([code, stderr]).toEqual([2, expect.stringContaining('process 4194303 takes no signal')])
}, 60_000)

test('a drain finds the worker that npm start runs, and servers without an id are asked for', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'firstcome-drain-'))
  await mkdir(join(folder, 'worker'))
  await writeFile(join(folder, 'worker', 'process'), `${worker?.pid} 1 2`)
  const environment = { ...servers.environment, API_URL: api?.url ?? '', FIRSTCOME_FOLDER: folder }
  const drained = await runCommand('load/main.ts', ['drain', ...words], environment)
  const { outages } = JSON.parse(drained.stdout) as OutageResult
  expect([drained.code, outages.map(({ frozen }) => frozen.name)]).toEqual([0, ['worker']])
  const { code, stderr } = await runCommand('load/main.ts', ['outage', ...words], environment)
  expect([code, stderr]).toEqual([2, expect.stringContaining('names no process')])
  await rm(folder, { recursive: true })
}, 60_000)

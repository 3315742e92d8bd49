import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { findRecordedProcess } from '../../servers/processes/process-record.ts'
import { processesOf } from '../../test/harness/processes/launchers.ts'
import { systemProcesses } from '../measure/process-seconds.ts'
import type { BenchRun } from '../scenarios/bench-run.ts'

/** A start takes up to 60 s on a machine at its limit. */
const withStart = { timeout: 150_000 }
const main = join(import.meta.dirname, 'main.ts')
let home: string
let folder: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'firstcome-bench-'))
  folder = join(home, 'bench')
})

afterEach(() => rm(home, { recursive: true }))

/** Runs it as in a fresh clone: no address is given, and nothing runs on its folder. */
const startBench = (words: string) => {
  const { PATH, HOME } = process.env
  const child = spawn(process.execPath, [main, ...words.split(' '), '--reports', join(home, 'reports')], {
    env: { PATH, HOME, FIRSTCOME_FOLDER: home },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)))
  const exited = once(child, 'close').then(() => child.exitCode)
  return { child, exited, output: () => output }
}

test(
  'where nothing runs npm run bench starts a system, measures it and leaves no process',
  withStart,
  async () => {
    const { exited, output } = startBench('--shoppers 200 --rounds 1 --bursts-only')
    expect([await exited, output()]).toEqual([0, expect.stringMatching(/PASS {2}200 shoppers pressed/)])
    expect(await processesOf(folder)).toEqual([])
    const [report = ''] = await readdir(join(home, 'reports'))
    const run = JSON.parse(await readFile(join(home, 'reports', report, 'run.json'), 'utf8')) as BenchRun
    expect(run.system).toBe('own')
    expect(Object.keys(run.burst.bursts[0]?.cpuMicroseconds ?? {})).toEqual([...systemProcesses])
  },
)

test('Ctrl-C amid its start leaves no process and no report, and exits with 130', withStart, async () => {
  const { child, exited, output } = startBench('--shoppers 200 --rounds 1 --bursts-only')
  // The launcher, and at least one server.
  await vi.waitFor(async () => expect((await processesOf(folder)).length).toBeGreaterThan(1), {
    ...{ timeout: 60_000, interval: 50 },
  })
  child.kill('SIGINT')
  expect([await exited, output()]).toEqual([130, expect.stringContaining('stopping')])
  expect(await processesOf(folder)).toEqual([])
  await expect(access(join(home, 'reports'))).rejects.toThrow('ENOENT')
})

test('a system of which a process ends is stopped, and the exit code is 1', withStart, async () => {
  const { exited, output } = startBench('--shoppers 200 --rounds 1 --bursts-only')
  const pid = await vi.waitFor(
    async () => {
      const found = await findRecordedProcess(join(folder, 'worker'))
      if (found === undefined) throw new Error('no worker yet')
      return found
    },
    { timeout: 60_000, interval: 20 },
  )
  process.kill(pid, 'SIGKILL')
  expect([await exited, output()]).toEqual([
    1,
    expect.stringMatching(/worker exited unexpectedly[^]*the system of this benchmark ended/),
  ])
  expect(await processesOf(folder)).toEqual([])
})

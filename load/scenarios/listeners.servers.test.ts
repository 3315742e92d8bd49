import { stripVTControlCharacters } from 'node:util'
import { afterEach, expect, inject, test } from 'vitest'
import { runCommand } from '../../test/harness/processes/run-command.ts'
import { type Running, startPart } from '../../test/harness/processes/start-part.ts'
import type { Machine } from '../measure/machine.ts'
import { listenersReport } from '../report/listeners.ts'
import type { ListenersResult } from './listeners.ts'

let api: Running | undefined
afterEach(() => api?.stop())

const run = (options: string, url = inject('apiUrls')[0]) =>
  runCommand('load/main.ts', ['listeners', ...options.split(' ')], { API_URL: url })
const size = '--presses 100 --pairs 2 --connections 16 --warm-up 50'

test('npm run load -- listeners presses beside open streams and without, and audits everybody', async () => {
  const { code, stdout, stderr } = await run(`--listeners 50 ${size} --json`)
  expect(stderr).not.toContain('expected')
  const { machine, ...result } = JSON.parse(stdout) as ListenersResult & { machine: Machine }
  expect([result.verdict, result.cut]).toEqual(['pass', 0])
  expect(result.alone.min).toBeGreaterThan(0)
  expect(result.beside.min).toBeGreaterThan(0)
  // At least the first one.
  expect(result.eventsOfListener).toBeGreaterThanOrEqual(1)
  // Bursts of a hundred presses: whether the bar is met is up to the machine, the exit code is not.
  expect(code).toBe(result.ratio.median >= result.ratioMin ? 0 : 1)
  const text = stripVTControlCharacters(listenersReport(result, machine, process.stdout))
  expect(text).toMatch(
    /PASS {2}2 pairs of 100 presses beside 50 listeners and a console; all 9 promises held/,
  )
  expect(text).toMatch(/without them +\d/)
})

test('it says so when the API has no place for all listeners', async () => {
  api = await startPart(
    'api',
    { ...inject('environment'), LISTENERS_MAX: '20' },
    { folder: inject('folder'), waitFor: 'ready' },
  )
  const { code, stderr } = await run(`--listeners 21 ${size}`, api.url)
  expect(code).toBe(1)
  expect(stderr).toMatch(/opened 21 of 22 streams: raise its LISTENERS_MAX/)
})

import { stripVTControlCharacters } from 'node:util'
import { expect, inject, test } from 'vitest'
import { runCommand } from '../../test/harness/processes/run-command.ts'
import type { Machine } from '../measure/machine.ts'
import { refusalsReport } from '../report/refusals.ts'
import type { RefusalsResult } from './refusals.ts'

test('npm run load -- refusals gets every refusal, says what each costs, and audits the grants between', async () => {
  const [apiUrl] = inject('apiUrls')
  const words = ['refusals', '--requests', '200', '--rounds', '1', '--connections', '16', '--json']
  const { code, stdout, stderr } = await runCommand(
    'load/main.ts',
    [...words, '--metrics', inject('metricsUrls').api],
    { API_URL: apiUrl },
  )
  expect(stderr).not.toContain('expected')
  const { machine, ...result } = JSON.parse(stdout) as RefusalsResult & { machine: Machine }
  expect(result.verdict).toBe('pass')
  expect(new Set(result.refusals.map(({ status }) => status))).toEqual(
    new Set([401, 404, 405, 409, 413, 422, 503]),
  )
  for (const { microseconds } of [result.grant, ...result.refusals])
    expect(microseconds.median).toBeGreaterThan(0)
  // Few requests on a cold process: which refusals are dear is up to the machine, the exit code is not.
  expect(code).toBe(result.dear.length === 0 ? 0 : 1)
  const text = stripVTControlCharacters(refusalsReport(result, machine, process.stdout))
  expect(text).toMatch(/PASS {2}1 rounds of 200 requests of each kind; all 9 promises held/)
  expect(text).toMatch(/unknown campaign +404 +\d+\.\d/)
})

import { stripVTControlCharacters } from 'node:util'
import { expect, inject, test } from 'vitest'
import { runCommand } from '../../test/harness/processes/run-command.ts'
import type { Machine } from '../measure/machine.ts'
import { freshProcessReport } from '../report/fresh-process.ts'
import type { FreshProcessResult } from './fresh-process.ts'

test('npm run load -- fresh-process says what presses cost an API from its start on, and audits them', async () => {
  const words = '--processes 1 --bursts 2 --presses 200 --connections 16 --json'.split(' ')
  const { code, stdout, stderr } = await runCommand('load/main.ts', ['fresh-process', ...words], {
    API_URL: inject('apiUrls')[0],
  })
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('expected')])
  const { machine, ...result } = JSON.parse(stdout) as FreshProcessResult & { machine: Machine }
  expect([result.verdict, result.bursts.length]).toEqual(['pass', 2])
  for (const { median } of [...result.bursts, result.ratio]) expect(median).toBeGreaterThan(0)
  const text = stripVTControlCharacters(freshProcessReport(result, machine, process.stdout))
  expect(text).toMatch(/PASS {2}1 API processes answered 2 bursts of 200 presses each; all 9 promises held/)
  expect(text).toMatch(/burst 1 +\d+\.\d/)
})

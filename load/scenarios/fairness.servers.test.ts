import { stripVTControlCharacters } from 'node:util'
import { expect, inject, test } from 'vitest'
import { runCommand } from '../../test/harness/processes/run-command.ts'
import type { Machine } from '../measure/machine.ts'
import { fairnessReport } from '../report/fairness.ts'
import type { FairnessResult } from './fairness.ts'

test('npm run load -- fairness finds no inversion within a process, and says how far two are from one order', async () => {
  const words = 'fairness --shoppers 400 --stock 300 --connections 64 --warm-up 100 --json'
  const { code, stdout } = await runCommand('load/main.ts', words.split(' '), {
    API_URL: inject('apiUrls')[0],
  })
  const { machine, ...result } = JSON.parse(stdout) as FairnessResult & { machine: Machine }
  expect([result.verdict, result.unfair, code]).toEqual(['pass', [], 0])
  expect(result.bursts.map(({ within }) => within.map(({ inversions: { arrivals } }) => arrivals))).toEqual([
    [400],
    [200, 200],
    [200, 200],
  ])
  const text = stripVTControlCharacters(fairnessReport(result, machine, process.stdout))
  expect(text).toMatch(
    /PASS {2}in each of 3 bursts 400 shoppers pressed for 300 coupons; all 9 promises held/,
  )
  expect(text).toMatch(/one process +0 +0\.00 %/)
  expect(text.match(/process \d+ +0 +0\.00 %/g)).toHaveLength(2)
  expect(text).toMatch(/two processes +[\d,]+ +\d+\.\d\d %/)
  expect(text).toMatch(/the shared one +0 +0\.00 %[^]*an own one each +0 +0\.00 %/)
})

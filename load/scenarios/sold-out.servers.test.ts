import { stripVTControlCharacters } from 'node:util'
import { expect, inject, test } from 'vitest'
import { runCommand } from '../../test/harness/processes/run-command.ts'
import type { Machine } from '../measure/machine.ts'
import { soldOutReport } from '../report/sold-out.ts'
import type { SoldOutResult } from './sold-out.ts'

test('npm run load -- sold-out turns late shoppers away, and shows winners their coupons between them', async () => {
  const [apiUrl] = inject('apiUrls')
  const words = '--presses 400 --stock 20 --rounds 2 --connections 16 --warm-up 0 --json'.split(' ')
  const { code, stdout, stderr } = await runCommand(
    'load/main.ts',
    ['sold-out', ...words, '--metrics', inject('metricsUrls').api],
    { API_URL: apiUrl },
  )
  expect(stderr).not.toContain('expected')
  const { machine, ...result } = JSON.parse(stdout) as SoldOutResult & { machine: Machine }
  expect([code, result.verdict]).toEqual([0, 'pass'])
  expect(result.outcomes.map(({ outcome, answers }) => [outcome, answers])).toEqual([
    ['409 sold-out', 380],
    ['200 had it already', 20],
  ])
  expect(result.ofNode.median).toBeGreaterThan(0)
  // Presses that come together share a call.
  expect(result.gateCalls.median).toBeGreaterThan(0)
  expect(result.gateCalls.median).toBeLessThan(1_000)
  const text = stripVTControlCharacters(soldOutReport(result, machine, process.stdout))
  expect(text.trim()).toMatch(
    /^PASS {2}400 presses after the last of 20 coupons was gone; all 9 promises held\n/,
  )
  expect(text).toMatch(/every press of a late shopper is answered 409 sold-out/)
})

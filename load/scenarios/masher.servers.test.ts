import { stripVTControlCharacters } from 'node:util'
import { expect, inject, test } from 'vitest'
import { runCommand } from '../../test/harness/processes/run-command.ts'
import type { Machine } from '../measure/machine.ts'
import { masherReport } from '../report/masher.ts'
import type { MasherResult } from './masher.ts'

test('npm run load -- masher presses many times for everybody, who gets one coupon or none', async () => {
  const [apiUrl] = inject('apiUrls')
  const words = '--shoppers 60 --presses 5 --stock 40 --connections 32 --warm-up 100 --json'.split(' ')
  const { code, stdout, stderr } = await runCommand('load/main.ts', ['masher', ...words], { API_URL: apiUrl })
  expect(stderr).not.toContain('expected')
  const { machine, ...result } = JSON.parse(stdout) as MasherResult & { machine: Machine }
  expect([code, result.verdict, result.winners]).toEqual([0, 'pass', 40])
  expect(result.outcomes.reduce((sum, { answers }) => sum + answers, 0)).toBe(300)
  expect(result.outcomes.find(({ outcome }) => outcome === '409 sold-out')?.answers).toBe(100)
  const coupons = result.checks.find(({ how }) => how === 'all presses of a shopper show one coupon')
  expect(coupons?.looked).toBe(40)
  const text = stripVTControlCharacters(masherReport(result, machine, process.stdout))
  expect(text.trim()).toMatch(
    /^PASS {2}60 shoppers pressed 5 times each for 40 coupons; all 9 promises held\n/,
  )
  expect(text).toMatch(/409 sold-out +100 +\d/)
})

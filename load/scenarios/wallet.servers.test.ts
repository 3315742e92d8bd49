import { stripVTControlCharacters } from 'node:util'
import { expect, inject, test } from 'vitest'
import { runCommand } from '../../test/harness/processes/run-command.ts'
import type { Machine } from '../measure/machine.ts'
import { walletReport } from '../report/wallet.ts'
import type { WalletResult } from './wallet.ts'

test('npm run load -- wallet shows a coupon in every list that its shopper asks for after the yes', async () => {
  const [apiUrl] = inject('apiUrls')
  const words = '--shoppers 200 --connections 8 --warm-up 0 --json'.split(' ')
  const { code, stdout, stderr } = await runCommand('load/main.ts', ['wallet', ...words], { API_URL: apiUrl })
  expect(stderr).not.toContain('expected')
  const { machine, ...result } = JSON.parse(stdout) as WalletResult & { machine: Machine }
  expect([code, result.verdict]).toEqual([0, 'pass'])
  expect([result.presses.answers, result.lists.answers]).toEqual([200, 800])
  const shown = result.checks.find(({ how }) => how === 'every list asked for after a yes shows the coupon')
  expect(shown?.looked).toBeGreaterThan(200)
  const text = stripVTControlCharacters(walletReport(result, machine, process.stdout))
  expect(text.trim()).toMatch(
    /^PASS {2}200 shoppers pressed once and asked for four lists each; all 9 promises held\n/,
  )
  expect(text).toMatch(/200 list +800 +\d/)
})

import { stripVTControlCharacters } from 'node:util'
import { expect, inject, test } from 'vitest'
import { runCommand } from '../../test/harness/processes/run-command.ts'
import type { Machine } from '../measure/machine.ts'
import { otherDesignsReport } from '../report/other-designs.ts'
import type { OtherDesignsResult } from './other-designs.ts'

test('npm run load -- other-designs sells on two other designs, breaks each, and leaves nothing behind', async () => {
  const [apiUrl] = inject('apiUrls')
  const words = ['other-designs', '--shoppers', '200', '--rounds', '1', '--connections', '8', '--json']
  const { code, stdout, stderr } = await runCommand('load/main.ts', words, { API_URL: apiUrl })
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('expected')])
  const { machine, ...result } = JSON.parse(stdout) as OtherDesignsResult & { machine: Machine }
  expect(result.verdict).toBe('pass')
  expect(result.designs.map(({ name }) => name)).toEqual(['naive-mysql', 'send-and-forget'])
  for (const { persistedPerSecond, ratio } of result.designs)
    expect([persistedPerSecond.min > 0, ratio.min > 0]).toEqual([true, true])
  // A transaction is whole: whatever is killed, a yes has its row.
  expect(result.designs[0]?.killed).toEqual({ lost: 0, oversold: 0, doubled: 0 })
  const text = stripVTControlCharacters(otherDesignsReport(result, machine, process.stdout))
  expect(text).toMatch(/PASS {2}1 rounds of 200 shoppers pressed for 100 coupons; all \d+ promises held/)
  expect(text).toMatch(/Killed half way +lost +oversold +doubled\n +MySQL FOR UPDATE +0 +0 +0\n/)
}, 120_000)

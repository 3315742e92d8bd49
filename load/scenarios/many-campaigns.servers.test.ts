import { stripVTControlCharacters } from 'node:util'
import { expect, inject, test } from 'vitest'
import { runCommand } from '../../test/harness/processes/run-command.ts'
import type { Machine } from '../measure/machine.ts'
import { manyCampaignsReport } from '../report/many-campaigns.ts'
import type { ManyCampaignsResult } from './many-campaigns.ts'

test('npm run load -- many-campaigns has whole lists with few and many campaigns, and audits the presses', async () => {
  const [apiUrl] = inject('apiUrls')
  const words = ['many-campaigns', '--few', '3', '--many', '6', '--rounds', '1', '--seconds', '1', '--json']
  const { code, stdout, stderr } = await runCommand('load/main.ts', words, { API_URL: apiUrl })
  expect(stderr).not.toContain('expected')
  const { machine, ...result } = JSON.parse(stdout) as ManyCampaignsResult & { machine: Machine }
  expect(result.verdict).toBe('pass')
  expect([result.few.live, result.many.live]).toEqual([3, 6])
  for (const { listsPerSecond, ofNode, pressP99Ms } of [result.few, result.many])
    expect(Math.min(listsPerSecond.min, ofNode.min, pressP99Ms.min)).toBeGreaterThan(0)
  // One short round: whether it is even is up to the machine, the exit code is not.
  expect(code).toBe(Math.min(result.listsRatio, result.pressRatio) >= result.ratioMin ? 0 : 1)
  const text = stripVTControlCharacters(manyCampaignsReport(result, machine, process.stdout))
  expect(text).toMatch(/PASS {2}100 presses a second beside lists; all 9 promises held/)
  expect(text).toMatch(/6 campaigns +\d/)
})

import { stripVTControlCharacters } from 'node:util'
import { expect, inject, test } from 'vitest'
import { runCommand } from '../../test/harness/processes/run-command.ts'
import type { Machine } from '../measure/machine.ts'
import { coldBurstReport } from '../report/cold-burst.ts'
import type { ColdBurstResult } from './cold-burst.ts'

test('npm run load -- cold-burst gives each press a new connection, and times connecting apart', async () => {
  const [apiUrl] = inject('apiUrls')
  const words = '--connections 300 --stock 100 --warm-up 0 --json'.split(' ')
  const { code, stdout, stderr } = await runCommand('load/main.ts', ['cold-burst', ...words], {
    API_URL: apiUrl,
  })
  expect(stderr).not.toContain('expected')
  const { machine, ...result } = JSON.parse(stdout) as ColdBurstResult & { machine: Machine }
  expect([code, result.verdict, result.failedConnects]).toEqual([0, 'pass', 0])
  expect([result.connects?.count, result.answers?.count]).toEqual([300, 300])
  const text = stripVTControlCharacters(coldBurstReport(result, machine, process.stdout))
  expect(text.trim()).toMatch(
    /^PASS {2}300 new connections at once, one press each, for 100 coupons; all 9 promises held\n/,
  )
  expect(text).toMatch(/connect +300 +\d[^]*press to answer +300 +\d/)
  const unknown = coldBurstReport({ ...result, listen: null }, machine, process.stdout)
  expect(stripVTControlCharacters(unknown)).toMatch(/listen overflows +unknown[^]*listen drops +unknown/)
})

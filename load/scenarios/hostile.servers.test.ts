import { stripVTControlCharacters } from 'node:util'
import { expect, inject, test } from 'vitest'
import { runCommand } from '../../test/harness/processes/run-command.ts'
import { badClientNames } from '../hostile/bad-client-kinds.ts'
import type { Machine } from '../measure/machine.ts'
import { hostileReport } from '../report/hostile.ts'
import type { HostileResult } from './hostile.ts'

test('npm run load -- hostile lets every bad client come, and audits everybody who pressed beside them', async () => {
  const [apiUrl] = inject('apiUrls')
  const words = ['hostile', '--pairs', '1', '--seconds', '1', '--presses', '40', '--json']
  const { code, stdout, stderr } = await runCommand('load/main.ts', words, { API_URL: apiUrl })
  expect(stderr).not.toContain('expected')
  const { machine, ...result } = JSON.parse(stdout) as HostileResult & { machine: Machine }
  expect(result.verdict).toBe('pass')
  expect(result.harm.map(({ name }) => name)).toEqual(badClientNames)
  for (const { perSecond } of result.harm) {
    expect(perSecond.opened).toBeGreaterThan(0)
    expect(perSecond.sent).toBeGreaterThan(0)
  }
  const byName = new Map(result.harm.map((one) => [one.name, one.perSecond]))
  // Who pipelines is cut off; who waits for an answer gets one.
  for (const name of ['pipelined presses', 'pipelined pages'] as const)
    expect(byName.get(name)).toMatchObject({ answered: 0, cut: expect.toSatisfy((cut: number) => cut > 0) })
  for (const name of ['forged tokens', 'unknown campaigns', 'admin lists'] as const)
    expect(byName.get(name)?.answered).toBeGreaterThan(0)
  // A stretch of a second on a busy machine: whom it harms is up to that, the exit code is not.
  expect(code).toBe(result.harmful.length === 0 ? 0 : 1)
  const text = stripVTControlCharacters(hostileReport(result, machine, process.stdout))
  expect(text).toMatch(/PASS {2}1 pairs of 1 s for each bad client, 40 presses \/s; all 9 promises held/)
  expect(text).toMatch(/forged tokens +\d[\d.,]* +\d/)
}, 120_000)

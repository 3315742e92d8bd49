import { stripVTControlCharacters } from 'node:util'
import { expect, inject, test } from 'vitest'
import { runCommand } from '../../test/harness/processes/run-command.ts'
import type { Machine } from '../measure/machine.ts'
import { lifeReport } from '../report/life.ts'
import type { LifeResult } from './life.ts'

test('npm run load -- life: nobody wins in a pause, more stock goes to everybody, and coupons are redeemed', async () => {
  const [apiUrl] = inject('apiUrls')
  const times = '--before 1 --paused 1 --resumed 1 --after 9'
  const words = `${times} --presses 40 --redemptions 40 --warm-up 100 --json`.split(' ')
  const { code, stdout, stderr } = await runCommand('load/main.ts', ['life', ...words], { API_URL: apiUrl })
  expect(stderr).not.toContain('expected')
  const { machine, ...result } = JSON.parse(stdout) as LifeResult & { machine: Machine }
  expect([code, result.verdict, result.grantsWhilePaused]).toEqual([0, 'pass', 0])
  const answersOf = ({ outcomes }: (typeof result.stretches)[number]): Record<string, number> =>
    Object.fromEntries(outcomes.map(({ outcome, answers }) => [outcome, answers]))
  const [open = {}, paused = {}, resumed = {}, raised = {}] = result.stretches.map(answersOf)
  expect(paused['409 paused']).toBeGreaterThan(0)
  const granted = [open, resumed, raised].map((answers) => answers['201 granted'] ?? 0)
  // Presses sent between a change and its answer are of the stretch before.
  expect(granted.reduce((sum, count) => sum + count, 0) + (paused['201 granted'] ?? 0)).toBe(480)
  expect(Math.min(...granted)).toBeGreaterThan(0)

  const uses = Object.fromEntries(result.uses.map(({ outcome, answers }) => [outcome, answers]))
  const { used } = result
  expect(used).toBeGreaterThan(20)
  expect(uses).toEqual({
    ...{ redeemed: used, list: expect.any(Number), 'given back': Math.ceil((used - 1) / 5) },
    'already-redeemed': Math.ceil(used / 10),
  })
  expect(
    result.checks.filter(({ promise }) => promise === 'used-as-told').map(({ looked }) => looked),
  ).toEqual([used, used])
  const text = stripVTControlCharacters(lifeReport(result, machine, process.stdout))
  expect(text.trim()).toMatch(
    /^PASS {2}480 people pressed, \d+ coupons were redeemed; all 10 promises held\n/,
  )
  expect(text).toMatch(/HELD {2}0 presses sent after the answer of the pause got a coupon/)
  expect(text).toMatch(/While paused +answers .*\n +409 paused +\d+/)
}, 60_000)

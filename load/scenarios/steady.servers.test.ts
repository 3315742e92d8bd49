import { stripVTControlCharacters } from 'node:util'
import { expect, inject, test } from 'vitest'
import { runCommand } from '../../test/harness/processes/run-command.ts'
import type { Machine } from '../measure/machine.ts'
import { steadyReport } from '../report/steady.ts'
import { type SteadyResult, steadyOutcome } from './steady.ts'

const steady = async (words: string) => {
  const [API_URL] = inject('apiUrls')
  const said = await runCommand('load/main.ts', ['steady', ...words.split(' '), '--json'], { API_URL })
  expect(said.stderr).not.toContain('expected')
  const { machine, ...result } = JSON.parse(said.stdout) as SteadyResult & { machine: Machine }
  const text = stripVTControlCharacters(steadyReport(result, machine, process.stdout))
  // How fast a busy machine is, is up to that: the exit code says what the report says.
  expect(said.code).toBe(steadyOutcome(result) === 'pass' ? 0 : 1)
  return { result, text }
}

test('npm run load -- steady grants everybody a coupon, and audits warm-up and measured presses', async () => {
  const { result, text } = await steady('--rate 200 --seconds 1 --warm-up 1 --connections 16')
  expect(result).toMatchObject({ verdict: 'pass', knee: null })
  const [step] = result.steps
  expect(step).toMatchObject({ measured: 200, generator: { unsent: 0, lateness: { count: 200 } } })
  expect(step?.outcomes).toMatchObject([{ outcome: '201 granted', answers: 200, latency: { count: 200 } }])
  expect(step?.checks.find(({ promise }) => promise === 'no-lost-win')?.looked).toBe(400)
  expect(text).toMatch(/1 s of 200 presses \/s, p99 [\d.,]+ ms; all 9 promises held/)
  expect(text).toMatch(/generator +\d+ % {2}of one core[^]*late, p99 +[\d.,]+ ms[^]*late, max +[\d.,]+ ms/)
})

test('with --baseline bare node:http is pressed at the same rate, and stands beside the API', async () => {
  const { result, text } = await steady('--rate 200 --seconds 1 --warm-up 1 --connections 16 --baseline')
  expect(result.steps[0]?.node).toMatchObject({ count: 200 })
  expect(text).toMatch(/201 granted +200 [^\n]*\n {4}bare node:http +200 +[\d.,]+ /)
})

test('npm run load -- steady --sweep says which rate was kept, and what ended it', async () => {
  const { result, text } = await steady('--rate 40 --seconds 1 --warm-up 0 --sweep --p99 1')
  expect(result.verdict).toBe('pass')
  expect(result.steps.at(-1)?.pressesPerSecond).toBeGreaterThanOrEqual(40)
  expect(text).toMatch(/no rate was kept|the knee is (?:at|not below) \d+/)
  expect(text).toMatch(/Rates +answers \/s +p50 ms[^]* {4}40 \/s +\d+/)
}, 120_000)

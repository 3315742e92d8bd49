import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createPromiseTallies } from '../../coupon/audit/compare/check-tallies.ts'
import type { SteadyPlan } from '../arguments/steady.ts'
import type { Machine } from '../measure/machine.ts'
import { steadyReport } from '../report/steady.ts'
import { type SteadyResult, steadyOutcome, sweep } from './steady.ts'
import type { SteadyStep } from './steady-step.ts'

const latency = (p99Ms: number, count = 10_000) => ({
  ...{ count, p50Ms: 1, p95Ms: 2, p99Ms, maxMs: p99Ms },
  curve: [],
})
const checks = Object.values(createPromiseTallies()).map((tally) => tally.check())
const stepAt = (pressesPerSecond: number, changes: Partial<SteadyStep> = {}): SteadyStep => ({
  ...{ pressesPerSecond, campaignId: 'k', measured: 10_000, outcomes: [], followedUp: 0, faults: {} },
  ...{ answersPerSecond: pressesPerSecond, granted: latency(5), checks, verdict: 'pass', unknown: null },
  generator: { cpuShare: 0.2, lateness: latency(0.3), heldBack: 0, unsent: 0 },
  generatorFaults: [],
  ...changes,
})
const late = { generatorFaults: ['presses were sent late: p99 9.00 ms, above 1.00 ms'] }
const plan: SteadyPlan = {
  ...{ pressesPerSecond: 1_000, seconds: 10, warmUpSeconds: 0, connections: 9 },
  sweepP99Ms: undefined,
}
const machine: Machine = {
  ...{ processors: 'a', memoryGb: 8, node: 'v26', database: '11', packages: {}, date: '2026', loadBefore: 0 },
}
const resultOf = (changes: Partial<SteadyResult>): SteadyResult => ({
  ...{ plan, verdict: 'pass', steps: [stepAt(1_000)], knee: null },
  ...changes,
})
const verdictLine = (result: SteadyResult): string =>
  stripVTControlCharacters(steadyReport(result, machine, process.stdout))
    .trim()
    .split('\n')[0] ?? ''

describe('the verdict line', () => {
  test('says PASS with the p99 when promises held and the generator was sound', () => {
    expect(verdictLine(resultOf({}))).toBe('PASS  10 s of 1,000 presses /s, p99 5.00 ms; all 9 promises held')
    expect(steadyOutcome(resultOf({}))).toBe('pass')
  })

  test('says UNMEASURED and why when the generator was starved', () => {
    const starved = resultOf({ steps: [stepAt(1_000, late)] })
    expect(verdictLine(starved)).toBe(
      'UNMEASURED  10 s of 1,000 presses /s, p99 5.00 ms; all 9 promises held; presses were sent late: p99 9.00 ms, above 1.00 ms',
    )
    expect(steadyOutcome(starved)).toBe('unmeasured')
  })

  test('says first that a promise was broken, whatever the generator did', () => {
    const broken = resultOf({ verdict: 'fail', steps: [stepAt(1_000, { ...late, verdict: 'fail' })] })
    expect(verdictLine(broken)).toMatch(/^FAIL {2}/)
    expect(steadyOutcome(broken)).toBe('fail')
  })
})

/** Runs a sweep whose steps are `stepOf`; each gets how often its rate was tried before. */
const sweepWith = async (stepOf: (rate: number, tries: number) => Partial<SteadyStep>) => {
  const tries = new Map<number, number>()
  const swept = { ...plan, sweepP99Ms: 50 }
  const { steps, knee } = await sweep(swept, 50, async (rate) => {
    const before = tries.get(rate) ?? 0
    tries.set(rate, before + 1)
    return stepAt(rate, stepOf(rate, before))
  })
  const [broken] = steps.filter(({ verdict }) => verdict !== 'pass')
  const result = resultOf({ plan: swept, verdict: broken?.verdict ?? 'pass', steps, knee })
  return { knee, outcome: steadyOutcome(result), line: verdictLine(result), rates: [...tries] }
}

describe('a sweep', () => {
  test('rises by a quarter, and ends below the rate that was not kept twice', async () => {
    const { knee, outcome, line, rates } = await sweepWith((rate) => ({
      granted: latency(rate > 1_600 ? 51 : 50),
    }))
    expect(rates).toEqual([
      [1_000, 1],
      [1_250, 1],
      [1_563, 1],
      [1_954, 2],
    ])
    expect(knee).toEqual({ pressesPerSecond: 1_563, endedBy: 'api' })
    expect(line).toMatch(/^PASS {2}the knee is at 1,563 presses \/s with a p99 of at most 50\.0 ms; all 9/)
    expect(outcome).toBe('pass')
  })

  test('goes on when a rate is kept the second time', async () => {
    const { knee } = await sweepWith((rate, tries) => ({
      granted: latency(rate > 1_600 || (rate === 1_250 && tries === 0) ? 51 : 50),
    }))
    expect(knee.pressesPerSecond).toBe(1_563)
  })

  test('a rate at which somebody got no coupon is not kept', async () => {
    const { knee } = await sweepWith((rate) => ({ granted: latency(5, rate > 1_100 ? 9_999 : 10_000) }))
    expect(knee).toEqual({ pressesPerSecond: 1_000, endedBy: 'api' })
  })

  test('says that the knee may be higher when the generator was starved', async () => {
    const starved = { ...late, granted: latency(51) }
    const { knee, outcome, line } = await sweepWith((rate) => (rate > 1_100 ? starved : {}))
    expect(knee).toEqual({ pressesPerSecond: 1_000, endedBy: 'generator' })
    expect(line).toMatch(/^UNMEASURED {2}the knee is not below 1,000 .*at 1,?250 \/s presses were sent late/)
    expect(outcome).toBe('unmeasured')
  })

  test('a rate that was kept by a generator that was late is kept: the lateness is in the latencies', async () => {
    const { knee, outcome } = await sweepWith((rate) => ({
      ...late,
      granted: latency(rate > 1_600 ? 51 : 50),
    }))
    expect(knee).toEqual({ pressesPerSecond: 1_563, endedBy: 'generator' })
    expect(outcome).toBe('unmeasured')
  })

  test('without a rate that was kept there is no knee, and no PASS', async () => {
    const { outcome, line } = await sweepWith(() => ({ granted: latency(51) }))
    expect(line).toMatch(/^UNMEASURED {2}no rate was kept/)
    expect(outcome).toBe('unmeasured')
  })

  test('ends at a broken promise', async () => {
    const { knee, outcome, rates } = await sweepWith(() => ({ verdict: 'fail' }))
    expect(knee.endedBy).toBe('promise')
    expect(rates).toEqual([[1_000, 1]])
    expect(outcome).toBe('fail')
  })

  test('ends before a step has too many presses', async () => {
    const { knee, outcome } = await sweepWith(() => ({}))
    expect(knee.endedBy).toBe('length')
    expect(outcome).toBe('unmeasured')
  })
})

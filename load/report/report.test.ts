import { describe, expect, test } from 'vitest'
import { overallVerdict } from '../../coupon/audit/compare/check.ts'
import { createPromiseTallies } from '../../coupon/audit/compare/check-tallies.ts'
import type { BaselineRun } from '../baselines/press-baseline.ts'
import type { Machine } from '../measure/machine.ts'
import type { BurstResult } from '../scenarios/burst.ts'
import type { BurstRun } from '../scenarios/burst-run.ts'
import { compareRounds, type Round, roundRatio } from '../scenarios/rounds.ts'
import { burstReport } from './burst.ts'
import { markdownReport } from './markdown.ts'

const latency = { count: 500_000, p50Ms: 12.34, p95Ms: 45.6, p99Ms: 1_204, maxMs: 9_999, curve: [] }
const checks = Object.values(createPromiseTallies()).map((tally) => tally.check())

const burst: BurstResult = {
  plan: { name: 'burst', shoppers: 500_000, stock: 10_000_000, connections: 4_096 },
  campaignId: 'k',
  verdict: 'pass',
  unknown: null,
  checks: checks.map((check) => ({ ...check, looked: 500_000 })),
  outcomes: [
    { outcome: 'granted', answers: 500_000, latency },
    { outcome: 'unanswered', answers: 3, latency: undefined },
  ],
  figures: {
    answers: 500_000,
    accepted: 500_000,
    persisted: 500_000,
    wave: { accepted: 500_000, persisted: 500_000 },
    answersPerSecond: 12_345,
    acceptedPerSecond: 12_345,
    persistedPerSecond: 12_000,
    drainMs: 34.5,
  },
  generatorShare: 0.62,
  recovering: null,
  followedUp: 3,
  repeated: 400,
  faults: { ECONNRESET: 3 },
}
const failed: BurstResult = {
  ...burst,
  verdict: 'fail',
  checks: burst.checks.map((check) =>
    check.promise === 'no-lost-win' ? { ...check, verdict: 'fail', count: 2, examples: ['somebody'] } : check,
  ),
}
const inFlight: BurstResult = {
  ...burst,
  verdict: 'in-flight',
  checks: burst.checks.map((check) =>
    check.promise === 'everybody-answered' ? { ...check, verdict: 'in-flight', count: 3 } : check,
  ),
}
const stretch = { fromMs: 1_234.5, lastedMs: 89_999.6, overWithinMs: 90_001.2, answers: 500_000 }
const recovered: BurstResult = {
  ...burst,
  figures: { ...burst.figures, wave: { accepted: 10_000, persisted: 12_000 } },
  recovering: { stretches: [stretch], lastedMs: 89_999.6, answers: 500_000 },
}
const baselineRun = (answersPerSecond: number): BaselineRun => ({
  answers: 500_000,
  answersPerSecond,
  latency,
})
const roundOf = (measured: BurstResult): Round => ({
  burst: measured,
  baselines: { node: baselineRun(32_000), hono: baselineRun(24_000) },
  control: baselineRun(28_000),
})
const machine: Machine = {
  processors: '2 × A processor',
  memoryGb: 8,
  node: 'v26.10.0',
  database: '11.0',
  packages: { hono: '4.0.0' },
  date: '2026-11-21',
  loadBefore: 0.1,
}
const runOf = (bursts: BurstResult[]): BurstRun => ({
  bursts,
  comparison: compareRounds([roundOf(burst)]),
  verdict: overallVerdict(bursts.flatMap((one) => one.checks)),
})
const plain = process.stdout

describe('the report of a burst', () => {
  test('the verdict comes first, before any figure', () => {
    expect(burstReport(runOf([burst]), machine, plain).trim()).toMatch(/^PASS/)
    expect(burstReport(runOf([burst, failed]), machine, plain).trim()).toMatch(/^FAIL/)
    expect(burstReport(runOf([burst, inFlight]), machine, plain).trim()).toMatch(
      /^IN FLIGHT {2}2 bursts; in flight: everybody-answered\n/,
    )
  })

  test('a broken promise is named, counted, and shown by example', () => {
    const text = burstReport(runOf([failed]), machine, plain)
    expect(text).toMatch(/FAIL .*broken: no-lost-win/)
    expect(text).toMatch(/fail +no-lost-win +2 of 500,000/)
    expect(text).toContain('somebody')
  })

  test('a run with a broken promise shows it before the speed of any round', () => {
    for (const text of [
      burstReport(runOf([failed]), machine, plain),
      markdownReport(runOf([failed]), machine, 'load'),
    ])
      expect(text.indexOf('somebody')).toBeLessThan(text.indexOf('coupons persisted for each request'))
    expect(markdownReport(runOf([failed]), machine, 'load')).toMatch(
      /^# Load run: INVALID\n\nbroken: no-lost-win\n/,
    )
  })

  test('no line is wider than 100 columns', () => {
    const lines = burstReport(runOf([burst, recovered]), { ...machine, loadBefore: 7 }, plain).split('\n')
    expect(lines.filter((line) => line.length > 100)).toEqual([])
  })

  test('the time in which the gate was recovering has a line, and none when it never was', () => {
    expect(burstReport(runOf([recovered]), machine, plain)).toMatch(
      /^ {4}recovering +90,000 ms {2}first to last of 500,000 such answers; over within 90,001 ms$/m,
    )
    expect(markdownReport(runOf([recovered]), machine, 'load')).toContain(
      '| recovering | 90,000 ms | first to last of 500,000 such answers; over within 90,001 ms |',
    )
    for (const text of [
      burstReport(runOf([burst]), machine, plain),
      markdownReport(runOf([burst]), machine, ''),
    ])
      expect(text).not.toContain('recovering')
  })

  test('a gate that was lost twice has a line for the sum and one for each loss', () => {
    const twice = { ...stretch, lastedMs: 1_500, overWithinMs: null, answers: 7 }
    const recovering = { stretches: [stretch, twice], lastedMs: 91_499.6, answers: 500_007 }
    const text = burstReport(runOf([{ ...burst, recovering }]), machine, plain)
    expect(text).toMatch(/^ {4}recovering +91,500 ms {2}2 times, 500,007 such answers$/m)
    expect(text).toMatch(
      /^ {4}recovering, 1 +90,000 ms {2}first to last of 500,000 such answers; over within/m,
    )
    expect(text).toMatch(/^ {4}recovering, 2 +1,500 ms {2}first to last of 7 such answers; never seen over$/m)
  })

  test('a generator that was at work all the time is named', () => {
    expect(burstReport(runOf([burst]), machine, plain)).toMatch(/generator +62 % {2}of one core/)
    expect(burstReport(runOf([burst]), machine, plain)).not.toContain('are its own')
    const text = burstReport(runOf([{ ...burst, generatorShare: 0.97 }]), machine, plain)
    expect(text).toContain('the generator was at work all the time: rates and latencies are its own (97 %)')
  })

  test('what a coupon cost each process has a line, and none where it is not known', () => {
    const cpuMicroseconds = { api: 998.4, redis: 912, kafka: 934, worker: 934, database: 912 }
    const lines = burstReport(runOf([{ ...burst, cpuMicroseconds }]), machine, plain).split('\n')
    expect(lines.filter((line) => line.includes('CPU'))).toEqual([
      '    CPU a coupon              4,690 µs  api 998, redis 912, kafka 934, worker 934, database 912',
    ])
    expect(lines.filter((line) => line.length > 100)).toEqual([])
    expect(burstReport(runOf([burst]), machine, plain)).not.toContain('CPU')
  })

  test('rates are of the wave, and later coupons are named', () => {
    const text = burstReport(runOf([recovered]), machine, plain)
    expect(text).toMatch(/accepted +12,345 \/s {2}10,000 coupons, first press to last yes/)
    expect(text).toMatch(/persisted +12,000 \/s {2}12,000 rows, first press to last row/)
    expect(text).toContain('490,000 of 500,000 coupons were accepted only then, and count in no rate')
    expect(burstReport(runOf([burst]), machine, plain)).not.toContain('only then')
  })

  test('a ratio is coupons persisted for each request of a baseline; bare node:http is taken from both ends', () => {
    const round = roundOf(burst)
    expect([roundRatio(round, 'hono'), roundRatio(round, 'node')]).toEqual([0.5, 0.4])
    const still = { ...round, baselines: { ...round.baselines, hono: baselineRun(0) } }
    expect(roundRatio(still, 'hono')).toBe(0)
  })

  test('the noise of the machine stands beside the ratios', () => {
    expect(compareRounds([roundOf(burst)]).noise).toEqual({ min: 0.875, median: 0.875, max: 0.875, p: 1 })
    expect(burstReport(runOf([burst]), machine, plain)).toMatch(
      /~0\.40 \(0\.40 to 0\.40, p = 1\) coupons persisted for each request of bare node:http\n.*bare Hono\n +~0\.88/,
    )
  })

  test('a ratio that differs from 1 beyond noise has no ~', () => {
    const comparison = compareRounds(Array.from({ length: 7 }, () => roundOf(burst)))
    expect(burstReport({ ...runOf([burst]), comparison }, machine, plain)).toMatch(
      /^ {2}0\.40 \(0\.40 to 0\.40, p = 0\.016\) coupons persisted/m,
    )
  })

  test('the Markdown shows where, when and how it was measured', () => {
    const text = markdownReport(runOf([burst]), machine, 'npm run load -- burst')
    for (const fact of [
      'npm run load -- burst',
      '2026-11-21',
      '2 × A processor',
      'v26.10.0',
      'hono 4.0.0',
      '**PASS**',
    ])
      expect(text).toContain(fact)
    expect(text).toMatch(/\| 1 \| 30,000 \| 24,000 \| 12,000 \| 0.40 \| 0.50 \|/)
  })
})

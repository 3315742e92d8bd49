import { describe, expect, test } from 'vitest'
import { overallVerdict } from '../../../coupon/audit/compare/check.ts'
import { createPromiseTallies } from '../../../coupon/audit/compare/check-tallies.ts'
import type { BaselineRun } from '../../baselines/press-baseline.ts'
import { summariseLatencies } from '../../measure/latency.ts'
import type { BenchRun } from '../../scenarios/bench-run.ts'
import type { BurstResult } from '../../scenarios/burst.ts'
import { compareRounds } from '../../scenarios/rounds.ts'
import { htmlReport } from './document.ts'

const latency = summariseLatencies(Array.from({ length: 20_000 }, (_, index) => 5 + (index / 2_000) ** 2))
const checks = Object.values(createPromiseTallies()).map((tally) => ({ ...tally.check(), looked: 20_000 }))
const burst = (persistedPerSecond: number): BurstResult => ({
  plan: { name: 'burst', shoppers: 20_000, stock: 20_000, connections: 256 },
  campaignId: 'a campaign',
  verdict: 'pass',
  unknown: null,
  checks,
  outcomes: [{ outcome: 'granted', answers: 20_000, latency }],
  figures: {
    ...{
      answers: 20_000,
      accepted: 20_000,
      persisted: 20_000,
      wave: { accepted: 20_000, persisted: 20_000 },
    },
    ...{ answersPerSecond: 12_000, acceptedPerSecond: 12_000, persistedPerSecond, drainMs: 30 },
  },
  generatorShare: 0.6,
  recovering: null,
  followedUp: 0,
  repeated: 400,
  faults: {},
})
const baseline = (answersPerSecond: number): BaselineRun => ({ answers: 20_000, answersPerSecond, latency })
const runOf = (bursts: BurstResult[]): BenchRun => ({
  schema: 1,
  startedAt: '2026-11-29T15:20:00.000Z',
  command: 'npm run bench -- --quick',
  checkout: { commit: '0123456789', hasChanges: true },
  machine: {
    ...{ processors: '2 × A <processor>', memoryGb: 24, node: 'v26.10.0', database: '11.8', loadBefore: 0.4 },
    ...{ packages: { hono: '4.0.0' }, date: '2026-11-29' },
  },
  burst: {
    bursts,
    comparison: compareRounds(
      bursts.map((one) => ({
        burst: one,
        baselines: { node: baseline(24_000), hono: baseline(18_000) },
        control: baseline(23_000),
      })),
    ),
    verdict: overallVerdict(bursts.flatMap((one) => one.checks)),
  },
})
const sound = [burst(12_345), burst(12_111), burst(13_000)]

describe('the report as a page', () => {
  test('says the verdict before the speed, and the speed before the promises', async () => {
    const page = await htmlReport(runOf(sound))
    const places = ['<h1>PASS</h1>', '12,345</strong>', '<h2>'].map((text) => page.indexOf(text))
    expect(places).toEqual([...places].sort((left, right) => left - right))
    expect(places).not.toContain(-1)
  })

  test('of a run with a broken promise says INVALID, names what is wrong, and has no speed on top', async () => {
    const broken = checks.map((check) =>
      check.promise === 'no-lost-win'
        ? { ...check, verdict: 'fail' as const, count: 1, examples: ['<user> has no row'] }
        : check,
    )
    const page = await htmlReport(runOf([...sound, { ...burst(99_999), verdict: 'fail', checks: broken }]))
    expect(page).toContain('<h1>INVALID</h1>')
    expect(page).not.toContain('class="speed"')
    expect(page).toMatch(/no-lost-win[^]*&lt;user&gt; has no row[^]*class="fail"[^]*1 of 80,000/)
  })

  test('of a run whose generator was at work all the time says so beside the speed', async () => {
    expect(await htmlReport(runOf(sound))).not.toContain('class="undecided bound"')
    const page = await htmlReport(runOf(sound.map((one) => ({ ...one, generatorShare: 0.99 }))))
    expect(page.indexOf('class="undecided bound"')).toBeLessThan(page.indexOf('<h2>'))
  })

  test('needs no network and no script, and escapes what it shows', async () => {
    const page = await htmlReport(runOf(sound))
    expect(page).not.toMatch(/<script|<link|src=|url\(|https?:/)
    expect(page).toContain('2 × A &lt;processor&gt;')
  })

  test('says everything in English and in Korean', async () => {
    const page = await htmlReport(runOf(sound))
    expect(page.match(/<(span|ul) lang="en">/g)?.length).toBeGreaterThan(20)
    expect(page.match(/<(span|ul) lang="ko">/g)?.length).toBe(page.match(/<(span|ul) lang="en">/g)?.length)
  })

  test('has a line of latency and a dot for every round', async () => {
    const page = await htmlReport(runOf(sound))
    expect(page.match(/<polyline class="granted"/g)).toHaveLength(sound.length)
    expect(page.match(/<circle/g)).toHaveLength(3 * sound.length)
  })
})

import { overallVerdict } from '../../../coupon/audit/compare/check.ts'
import { createPromiseTallies } from '../../../coupon/audit/compare/check-tallies.ts'
import type { BaselineRun } from '../../../load/baselines/press-baseline.ts'
import { summariseLatencies } from '../../../load/measure/latency.ts'
import type { BenchRun } from '../../../load/scenarios/bench-run.ts'
import type { BurstResult } from '../../../load/scenarios/burst.ts'
import type { FairnessBurst } from '../../../load/scenarios/fairness.ts'
import { compareRounds } from '../../../load/scenarios/rounds.ts'
import type { SteadyStep } from '../../../load/scenarios/steady-step.ts'

const latency = summariseLatencies(Array.from({ length: 20_000 }, (_, index) => 5 + (index / 2_000) ** 2))
/** Every promise, held. */
const heldPromises = Object.values(createPromiseTallies()).map((tally) => ({
  ...tally.check(),
  looked: 20_000,
}))
/** A burst that held every promise. */
export const soundBurst = (persistedPerSecond: number): BurstResult => ({
  plan: { name: 'burst', shoppers: 20_000, stock: 20_000, connections: 256 },
  campaignId: 'a campaign',
  verdict: 'pass',
  unknown: null,
  checks: heldPromises,
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
  cpuMicroseconds: { api: 60, redis: 12.5, kafka: 20, worker: 15, database: 10 },
  timeline: Array.from({ length: 81 }, (_, index) => ({
    ms: index * 20,
    grants: index * 250,
    rows: Math.max(0, index - 8) * 250,
  })),
  recovering: null,
  followedUp: 0,
  repeated: 400,
  faults: {},
})
const baseline = (answersPerSecond: number): BaselineRun => ({
  ...{ answers: 20_000, answersPerSecond, latency },
  cpuMicroseconds: 25,
})
/** A benchmark with these bursts, a round each. */
export const benchRunOf = (bursts: BurstResult[]): BenchRun => ({
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

/** `burst` with one answer that has no row. */
export const brokenBurst = (burst: BurstResult): BurstResult => ({
  ...burst,
  verdict: 'fail',
  checks: burst.checks.map((check) =>
    check.promise === 'no-lost-win'
      ? { ...check, verdict: 'fail', count: 1, examples: ['<user> has no row'] }
      : check,
  ),
})

const soundPart = { checks: heldPromises, verdict: 'pass', unknown: null } as const

const inversionsOf = (overtaken: number) => ({
  ...{ arrivals: 1_000, inversions: 12 * overtaken, overtaken, afterAnswer: 0 },
  laterMs: { p99: overtaken / 10, max: overtaken / 5 },
  ranks: { p99: overtaken, max: overtaken },
})

/** A burst of which so many presses were overtaken by those at another process. */
export const comparedBurst = (kind: string, overtaken: number): FairnessBurst => ({
  ...soundPart,
  ...{ kind, latency, undecided: 0, unfair: [], together: inversionsOf(overtaken) },
  within: [1, 2].map((process) => ({ name: `process ${process}`, inversions: inversionsOf(0) })),
})

/** A step of an open model in which everybody was granted a coupon. */
export const steadyStep = (pressesPerSecond: number, p99Ms: number): SteadyStep => ({
  ...soundPart,
  ...{ pressesPerSecond, campaignId: 'k', measured: 10_000, outcomes: [], followedUp: 0, faults: {} },
  answersPerSecond: pressesPerSecond,
  granted: { ...{ count: 10_000, p50Ms: 1, p95Ms: 2, maxMs: p99Ms }, p99Ms, curve: [] },
  generator: { cpuShare: 0.2, lateness: undefined, heldBack: 0, unsent: 0 },
  generatorFaults: [],
})

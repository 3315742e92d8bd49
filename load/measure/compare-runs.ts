import { type BaselineName, baselineLabels, baselineNames } from '../baselines/baseline-server.ts'
import { type BenchRun, benchVerdict } from '../scenarios/bench-run.ts'
import type { BurstResult } from '../scenarios/burst.ts'
import type { LoadVerdict } from '../scenarios/load-verdict.ts'
import { baselineRate, type Round, roundNoise, roundRatio } from '../scenarios/rounds.ts'
import { spreadOf } from './figures.ts'
import type { LatencySummary } from './latency.ts'
import { unpairedP } from './permutation-test.ts'
import { systemProcesses } from './process-seconds.ts'

/** A figure of two runs. Null where a run has none, or is not sound: what is wrong has no speed. */
export type ComparedFigure = {
  figure: string
  unit: '/s' | 'ms' | 'µs' | 'ratio'
  /** Medians of the rounds. */
  a: number | null
  b: number | null
  /** `b / a - 1`. */
  difference: number | null
  /** Of an unpaired permutation test over the rounds. */
  p: number | null
}

/** Two benchmarks beside each other. */
export type ComparedRuns = {
  verdicts: { a: LoadVerdict; b: LoadVerdict }
  /** What else differs, so that the figures may differ for that. */
  warnings: string[]
  figures: ComparedFigure[]
}

type Measured = readonly [figure: string, unit: ComparedFigure['unit'], of: (run: BenchRun) => number[]]

const roundsOf = ({ burst }: BenchRun): Round[] => burst.comparison?.rounds ?? []

const ofBursts = (figure: (burst: BurstResult) => number) => (run: BenchRun) => run.burst.bursts.map(figure)

const ofRounds = (figure: (round: Round) => number) => (run: BenchRun) => roundsOf(run).map(figure)

const ofGrants = (figure: (latency: LatencySummary) => number) => (run: BenchRun) =>
  run.burst.bursts.flatMap(({ outcomes }) =>
    outcomes.flatMap(({ outcome, latency }) =>
      outcome === 'granted' && latency !== undefined ? [figure(latency)] : [],
    ),
  )

/** What the figure of coupons persisted for each request of a baseline is called. */
export const ratioName = (name: BaselineName): string => `to ${baselineLabels[name]}`

const measured: readonly Measured[] = [
  ['coupons persisted', '/s', ofBursts(({ figures }) => figures.persistedPerSecond)],
  ['coupons accepted', '/s', ofBursts(({ figures }) => figures.acceptedPerSecond)],
  ['a grant, p50', 'ms', ofGrants(({ p50Ms }) => p50Ms)],
  ['a grant, p99', 'ms', ofGrants(({ p99Ms }) => p99Ms)],
  ['drain', 'ms', ofBursts(({ figures }) => figures.drainMs)],
  ...baselineNames.map(
    (name): Measured => [baselineLabels[name], '/s', ofRounds((round) => baselineRate(round, name))],
  ),
  ...baselineNames.map(
    (name): Measured => [ratioName(name), 'ratio', ofRounds((round) => roundRatio(round, name))],
  ),
  ['node:http to itself', 'ratio', ofRounds(roundNoise)],
  ...systemProcesses.map(
    (name): Measured => [
      `CPU a coupon, ${name}`,
      'µs',
      ({ burst }) => burst.bursts.flatMap(({ cpuMicroseconds }) => cpuMicroseconds?.[name] ?? []),
    ],
  ),
]

const compareFigure = ([figure, unit, of]: Measured, a: BenchRun, b: BenchRun): ComparedFigure => {
  const valuesOf = (run: BenchRun): number[] => (benchVerdict(run) === 'pass' ? of(run) : [])
  const [left, right] = [valuesOf(a), valuesOf(b)]
  const medianOf = (values: number[]): number | null => (values.length === 0 ? null : spreadOf(values).median)
  const [ofA, ofB] = [medianOf(left), medianOf(right)]
  if (ofA === null || ofB === null || ofA === 0)
    return { figure, unit, a: ofA, b: ofB, difference: null, p: null }
  return { figure, unit, a: ofA, b: ofB, difference: ofB / ofA - 1, p: unpairedP(left, right) }
}

/** What a run was measured with, by the name that a warning gives it. Undefined is not known. */
const circumstances = ({ machine, system, burst }: BenchRun): Record<string, string | number | undefined> => {
  const plan = burst.bursts[0]?.plan
  return {
    processors: machine.processors,
    'memory in GB': machine.memoryGb,
    Node: machine.node,
    database: machine.database,
    ...machine.packages,
    system,
    shoppers: plan?.shoppers,
    stock: plan?.stock,
    connections: plan?.connections,
    rounds: burst.comparison?.rounds.length,
  }
}

const warningsOf = (a: BenchRun, b: BenchRun): string[] => {
  const [left, right] = [circumstances(a), circumstances(b)]
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])]
  return names.flatMap((name) => {
    const [ofA, ofB] = [left[name], right[name]]
    return ofA === undefined || ofB === undefined || ofA === ofB ? [] : [`${name}: ${ofA} and ${ofB}`]
  })
}

/** Compares `b` with `a`, figure by figure. */
export const compareRuns = (a: BenchRun, b: BenchRun): ComparedRuns => ({
  verdicts: { a: benchVerdict(a), b: benchVerdict(b) },
  warnings: warningsOf(a, b),
  figures: measured.map((one) => compareFigure(one, a, b)),
})

import type { Check } from '../../coupon/audit/compare/check.ts'
import { baselineLabels, baselineNames } from '../baselines/baseline-server.ts'
import { generatorShareMax } from '../measure/generator-soundness.ts'
import { isWithinNoise } from '../measure/permutation-test.ts'
import type { ProcessSeconds } from '../measure/process-seconds.ts'
import type { RecoveringStretch, RecoveringSummary } from '../people/recovering.ts'
import type { BurstPlan, BurstResult } from '../scenarios/burst.ts'
import type { LoadVerdict } from '../scenarios/load-verdict.ts'
import { baselineRate, type Comparison, type RatioSpread, roundRatio } from '../scenarios/rounds.ts'
import { asProbability, asRatio, asShare, inMs, inThousands } from './numbers.ts'

/** A label, a figure, and what the figure covers. */
export type ReportRow = [label: string, figure: string, explanation: string]

const verdictWords = { pass: 'PASS', fail: 'FAIL', 'in-flight': 'IN FLIGHT', unknown: 'UNKNOWN' } as const

/** The first word of a report. */
export const verdictWord = (verdict: LoadVerdict): string => verdictWords[verdict]

/** The headline of a benchmark: INVALID where a promise was broken, because its figures are worth nothing. */
export const benchWord = (verdict: LoadVerdict): string =>
  verdict === 'fail' ? 'INVALID' : verdictWord(verdict)

/** How much a check covers: `10,000`, or `3 of 10,000` that fail or are in flight. */
export const extentOf = ({ verdict, count, looked }: Check): string =>
  verdict === 'pass' ? inThousands(looked) : `${inThousands(count)} of ${inThousands(looked)}`

/**
 * What led to a verdict: `all 9 promises held`, the promises that are broken or in flight, or why nothing was
 * decided.
 */
export const reasonOf = (
  verdict: LoadVerdict,
  parts: readonly { checks: readonly Check[]; unknown: string | null }[],
): string => {
  const checks = parts.flatMap((part) => part.checks)
  if (verdict === 'unknown') return parts.find(({ unknown }) => unknown !== null)?.unknown ?? ''
  const promises = new Set(checks.map(({ promise }) => promise))
  if (verdict === 'pass') return `all ${promises.size} promises held`
  const named = new Set(checks.filter((check) => check.verdict === verdict).map(({ promise }) => promise))
  return `${verdict === 'fail' ? 'broken' : 'in flight'}: ${[...named].join(', ')}`
}

/** `5,000 shoppers pressed for 2,500 coupons`. */
export const pressedIn = ({ shoppers, stock }: Pick<BurstPlan, 'shoppers' | 'stock'>): string =>
  `${inThousands(shoppers)} shoppers pressed for ${inThousands(stock)} coupons`

const stretchRow = (label: string, { lastedMs, overWithinMs, answers }: RecoveringStretch): ReportRow => {
  const end = overWithinMs === null ? 'never seen over' : `over within ${inMs(overWithinMs)} ms`
  return [label, `${inMs(lastedMs)} ms`, `first to last of ${inThousands(answers)} such answers; ${end}`]
}

const recoveringRows = ({ stretches, lastedMs, answers }: RecoveringSummary): ReportRow[] => {
  const [only, ...others] = stretches
  if (only !== undefined && others.length === 0) return [stretchRow('recovering', only)]
  return [
    ['recovering', `${inMs(lastedMs)} ms`, `${stretches.length} times, ${inThousands(answers)} such answers`],
    ...stretches.map((stretch, index) => stretchRow(`recovering, ${index + 1}`, stretch)),
  ]
}

/** What a coupon cost all processes whose time is known, and each of them. */
const costRows = (cpuMicroseconds: ProcessSeconds): ReportRow[] => {
  const known = Object.entries(cpuMicroseconds)
  if (known.length === 0) return []
  const sum = known.reduce((total, [, microseconds]) => total + microseconds, 0)
  const parts = known.map(([name, microseconds]) => `${name} ${inThousands(microseconds)}`)
  return [['CPU a coupon', `${inThousands(sum)} µs`, parts.join(', ')]]
}

/** The rates of a burst, what a coupon cost, and how long its gate was recovering. */
export const rateRows = ({
  figures,
  generatorShare,
  cpuMicroseconds = {},
  recovering,
}: BurstResult): ReportRow[] => [
  [
    'accepted',
    `${inThousands(figures.acceptedPerSecond)} /s`,
    `${inThousands(figures.wave.accepted)} coupons, first press to last yes`,
  ],
  [
    'persisted',
    `${inThousands(figures.persistedPerSecond)} /s`,
    `${inThousands(figures.wave.persisted)} rows, first press to last row`,
  ],
  [
    'answers',
    `${inThousands(figures.answersPerSecond)} /s`,
    `${inThousands(figures.answers)} answers, first press to last answer`,
  ],
  ['drain', `${inMs(figures.drainMs)} ms`, 'last grant to last row'],
  ['generator', asShare(generatorShare), 'of one core, while people pressed'],
  ...costRows(cpuMicroseconds),
  ...(recovering === null ? [] : recoveringRows(recovering)),
]

/** The columns of a table of rounds, after the number of each. */
export const roundColumns = ['node:http /s', 'Hono /s', 'persisted /s', 'to node:http', 'to Hono'] as const

/** The cells below `roundColumns`, after the number of each round. */
export const roundRows = ({ rounds }: Comparison): [string, string[]][] =>
  rounds.map((round, index) => [
    String(index + 1),
    [
      ...baselineNames.map((name) => inThousands(baselineRate(round, name))),
      inThousands(round.burst.figures.persistedPerSecond),
      ...baselineNames.map((name) => asRatio(roundRatio(round, name))),
    ],
  ])

/** `0.44`; `~1.02` for a ratio that does not differ from 1 beyond noise. */
export const markedRatio = ({ median, p }: RatioSpread): string =>
  `${isWithinNoise(p) ? '~' : ''}${asRatio(median)}`

/** `0.44 (0.41 to 0.52, p = 0.016)`. */
const ratioText = (ratio: RatioSpread): string =>
  `${markedRatio(ratio)} (${asRatio(ratio.min)} to ${asRatio(ratio.max)}, ${asProbability(ratio.p)})`

/** The ratios of a comparison in words, and the noise that they have to be read with. */
export const ratioSentences = ({ ratios, noise }: Comparison): string[] => [
  ...baselineNames.map(
    (name) => `${ratioText(ratios[name])} coupons persisted for each request of ${baselineLabels[name]}`,
  ),
  `${ratioText(noise)} bare node:http to itself, at the other end of a round`,
  '~ is within noise: as far from 1 by chance in more than one of twenty cases',
]

/** `3 connections broke: ECONNRESET`, for each error code. */
export const faultNotes = (faults: Record<string, number>): string[] =>
  Object.entries(faults).map(([fault, count]) => `${inThousands(count)} connections broke: ${fault}`)

/** How many people had to go on after the run, and how many connections broke. */
export const connectionNotes = ({
  followedUp,
  faults,
}: {
  followedUp: number
  faults: Record<string, number>
}): string[] => [
  ...(followedUp > 0
    ? [`${inThousands(followedUp)} people had no final answer at the end, and asked or pressed again`]
    : []),
  ...faultNotes(faults),
]

/** Whether a run says more about its generator than about the API. */
export const isGeneratorBound = ({ generatorShare }: { generatorShare: number }): boolean =>
  generatorShare > generatorShareMax

/** A note when the figures are those of the generator. */
export const generatorNotes = (run: { generatorShare: number }): string[] =>
  isGeneratorBound(run)
    ? [
        `the generator was at work all the time: rates and latencies are its own (${asShare(run.generatorShare)})`,
      ]
    : []

/** What else happened in a burst. */
export const notesOf = (burst: BurstResult): string[] => [...generatorNotes(burst), ...otherNotes(burst)]

const otherNotes = ({ figures, followedUp, repeated, faults }: BurstResult): string[] => [
  ...(followedUp > 0
    ? [`${inThousands(followedUp)} shoppers had no final answer, and asked or pressed again`]
    : []),
  ...(figures.accepted > figures.wave.accepted
    ? [
        `${inThousands(figures.accepted - figures.wave.accepted)} of ${inThousands(figures.accepted)} coupons were accepted only then, and count in no rate`,
      ]
    : []),
  ...faultNotes(faults),
  `${inThousands(repeated)} shoppers pressed once more at the end`,
]

import type { Check, Verdict } from '../../coupon/audit/compare/check.ts'
import type { BurstResult } from '../scenarios/burst.ts'
import type { RecoveringSummary, RecoveringStretch } from '../people/recovering.ts'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `12,345`. */
export const inThousands = (value: number): string => whole.format(value)

/** Milliseconds to three digits or so: `0.84`, `12.3`, `1,204`. */
export const inMs = (milliseconds: number): string => {
  if (milliseconds >= 100) return whole.format(milliseconds)
  return milliseconds.toFixed(milliseconds >= 10 ? 1 : 2)
}

/** `12.3 s`. */
export const inSeconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`

/** `0.63`. */
export const asRatio = (ratio: number): string => ratio.toFixed(2)

/** What a verdict is called in front of everything else. */
export const verdictWord = (verdict: Verdict): 'PASS' | 'FAIL' | 'UNDECIDED' =>
  verdict === 'pass' ? 'PASS' : verdict === 'fail' ? 'FAIL' : 'UNDECIDED'

/** How much a check rests on: `10,000`, or `3 of 10,000` when not all is well. */
export const extent = (check: Check): string =>
  check.verdict === 'pass'
    ? inThousands(check.looked)
    : `${inThousands(check.count)} of ${inThousands(check.looked)}`

/** How a verdict on some promises came about. */
export const agreement = (said: string, checks: readonly Check[], verdict: Verdict): string => {
  if (verdict === 'pass') return `${said}; the books agree on all ${checks.length} promises`
  const named = checks.filter((check) => check.verdict === verdict).map(({ promise }) => promise)
  return verdict === 'fail'
    ? `${said}; broken: ${named.join(', ')}`
    : `${said}; still open: ${named.join(', ')}`
}

/** One sentence on how the verdict on a burst came about. */
export const verdictSentence = ({ plan, checks, verdict }: BurstResult): string =>
  agreement(
    `${inThousands(plan.shoppers)} shoppers pressed for ${inThousands(plan.stock)} coupons`,
    checks,
    verdict,
  )

type ReportRow = [string, string, string]

const stretchRow = (label: string, { lastedMs, overWithinMs, answers }: RecoveringStretch): ReportRow => {
  const over = overWithinMs === null ? 'never seen over' : `over within ${inMs(overWithinMs)} ms`
  return [label, `${inMs(lastedMs)} ms`, `first to last of ${inThousands(answers)} such answers; ${over}`]
}

const recoveringRows = ({ stretches, lastedMs, answers }: RecoveringSummary): ReportRow[] => {
  const [only, ...others] = stretches
  if (only !== undefined && others.length === 0) return [stretchRow('recovering', only)]
  return [
    ['recovering', `${inMs(lastedMs)} ms`, `${stretches.length} times, ${inThousands(answers)} such answers`],
    ...stretches.map((stretch, index) => stretchRow(`recovering, ${index + 1}`, stretch)),
  ]
}

/** The measured rates, and how long the gate was being brought back, as label, figure and explanation. */
export const rateRows = ({ figures, recovering }: BurstResult): ReportRow[] => [
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
  ...(recovering === null ? [] : recoveringRows(recovering)),
]

/** Facts about a run that are only worth a line when they are there. */
export const remarks = ({ figures, followedUp, repeated, faults }: BurstResult): string[] => [
  ...(followedUp > 0
    ? [`${inThousands(followedUp)} shoppers had an open answer and asked or pressed again`]
    : []),
  ...(figures.accepted > figures.wave.accepted
    ? [
        `${inThousands(figures.accepted - figures.wave.accepted)} of ${inThousands(figures.accepted)} coupons were accepted only then, and count in no rate`,
      ]
    : []),
  ...Object.entries(faults).map(([fault, count]) => `${inThousands(count)} connections broke: ${fault}`),
  `${inThousands(repeated)} shoppers pressed once more after the end`,
]

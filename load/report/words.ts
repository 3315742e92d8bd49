import type { Check, Verdict } from '../../coupon/books/check.ts'
import type { BurstResult } from '../burst.ts'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `12,345`. */
export const inThousands = (value: number): string => whole.format(value)

/** Milliseconds to three digits or so: `0.84`, `12.3`, `1,204`. */
export const inMs = (milliseconds: number): string => {
  if (milliseconds >= 100) return whole.format(milliseconds)
  return milliseconds.toFixed(milliseconds >= 10 ? 1 : 2)
}

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

/** One sentence on how a verdict came about. */
export const verdictSentence = ({ plan, checks, verdict }: BurstResult): string => {
  const said = `${inThousands(plan.shoppers)} shoppers pressed for ${inThousands(plan.stock)} coupons`
  if (verdict === 'pass') return `${said}; the books agree on all ${checks.length} promises`
  const named = checks.filter((check) => check.verdict === verdict).map(({ promise }) => promise)
  return verdict === 'fail'
    ? `${said}; broken: ${named.join(', ')}`
    : `${said}; still open: ${named.join(', ')}`
}

/** The measured rates as label, figure and explanation. */
export const rateRows = ({ figures }: BurstResult): [string, string, string][] => [
  [
    'accepted',
    `${inThousands(figures.acceptedPerSecond)} /s`,
    `${inThousands(figures.accepted)} coupons, first press to last yes`,
  ],
  [
    'persisted',
    `${inThousands(figures.persistedPerSecond)} /s`,
    `${inThousands(figures.persisted)} rows, first press to last row`,
  ],
  [
    'answers',
    `${inThousands(figures.answersPerSecond)} /s`,
    `${inThousands(figures.answers)} answers, first press to last answer`,
  ],
  ['drain', `${inMs(figures.drainMs)} ms`, 'last yes to last row'],
]

/** Facts about a run that are only worth a line when they are there. */
export const remarks = ({ followedUp, repeated, faults }: BurstResult): string[] => [
  ...(followedUp > 0
    ? [`${inThousands(followedUp)} shoppers had an open answer and asked or pressed again`]
    : []),
  ...Object.entries(faults).map(([fault, count]) => `${inThousands(count)} connections broke: ${fault}`),
  `${inThousands(repeated)} shoppers pressed once more after the end`,
]

import { styleText } from 'node:util'
import type { Check, Verdict } from '../../coupon/books/check.ts'
import type { BurstResult } from '../burst.ts'
import type { Pairs } from '../pairs.ts'
import {
  asRatio,
  extent,
  inMs,
  inThousands,
  rateRows,
  remarks,
  verdictSentence,
  verdictWord,
} from './words.ts'

/** Where a report is printed; colours only where they show. */
export type ReportOutput = NodeJS.WritableStream

const colours = { pass: 'green', fail: 'red', 'in-flight': 'yellow' } as const

const paint = (verdict: Verdict, text: string, stream: ReportOutput): string =>
  styleText([colours[verdict], 'bold'], text, { stream })

const checkLines = (check: Check, stream: ReportOutput): string[] => {
  const { verdict, promise } = check
  const line = `${promise.padEnd(22)}${extent(check).padStart(18)}  ${check.how}`
  return [
    `  ${paint(verdict, verdict.padEnd(9), stream)} ${line}`,
    ...check.examples.map((example) => `              ${example}`),
  ]
}

const outcomeLines = ({ outcomes }: BurstResult): string[] => [
  `  ${'first answer'.padEnd(22)}${['answers', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms'].map((head) => head.padStart(10)).join('')}`,
  ...outcomes.map(({ outcome, answers, latency }) => {
    const times = latency === undefined ? [] : [latency.p50Ms, latency.p95Ms, latency.p99Ms, latency.maxMs]
    return `  ${outcome.padEnd(22)}${[inThousands(answers), ...times.map(inMs)].map((cell) => cell.padStart(10)).join('')}`
  }),
]

/** One burst: the verdict, every promise, the counts, the rates. */
export const burstReport = (result: BurstResult, stream: ReportOutput): string =>
  [
    '',
    `  ${paint(result.verdict, verdictWord(result.verdict), stream)}  ${verdictSentence(result)}`,
    '',
    ...result.checks.flatMap((check) => checkLines(check, stream)),
    '',
    ...outcomeLines(result),
    '',
    ...rateRows(result).map(
      ([label, figure, says]) => `  ${label.padEnd(22)}${figure.padStart(10)}  ${says}`,
    ),
    '',
    ...remarks(result).map((remark) => `  ${remark}`),
    '',
  ].join('\n')

/** All pairs: what each measured, and the ratio. */
export const pairsReport = ({ pairs, ratio }: Pairs): string =>
  [
    `  ${'pair'.padEnd(6)}${['bare /s', 'accepted /s', 'persisted /s', 'drain ms', 'ratio'].map((head) => head.padStart(14)).join('')}`,
    ...pairs.map(({ bare, burst: { figures }, ratio: ofPair }, index) => {
      const cells = [
        inThousands(bare.answersPerSecond),
        inThousands(figures.acceptedPerSecond),
        inThousands(figures.persistedPerSecond),
        inMs(figures.drainMs),
        asRatio(ofPair),
      ]
      return `  ${String(index + 1).padEnd(6)}${cells.map((cell) => cell.padStart(14)).join('')}`
    }),
    '',
    `  persisted coupons for each request of bare Hono: ${asRatio(ratio.median)} (${asRatio(ratio.min)} to ${asRatio(ratio.max)})`,
    '',
  ].join('\n')

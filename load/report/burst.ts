import type { Machine } from '../measure/machine.ts'
import type { Baseline } from '../scenarios/baseline.ts'
import type { BurstResult } from '../scenarios/burst.ts'
import type { BurstRun } from '../scenarios/burst-run.ts'
import type { LoadVerdict } from '../scenarios/load-verdict.ts'
import {
  checkHeading,
  checkLines,
  headingLine,
  latencyCells,
  latencyColumns,
  loadLines,
  paint,
  type ReportOutput,
  rowLine,
  tableLine,
} from './lines.ts'
import { asRatio } from './numbers.ts'
import { notesOf, pairColumns, pairRows, pressedIn, rateRows, reasonOf, verdictWord } from './words.ts'

const burstLines = (result: BurstResult, stream: ReportOutput): string[] => [
  checkHeading(stream),
  ...result.checks.flatMap((check) => checkLines(check, stream)),
  '',
  headingLine('First answers', latencyColumns, stream),
  ...result.outcomes.map(({ outcome, answers, latency }) =>
    tableLine(outcome, latencyCells(answers, latency)),
  ),
  '',
  headingLine('Rates', [], stream),
  ...rateRows(result).map((row) => rowLine(row, stream)),
  '',
  ...notesOf(result).map((note) => `  ${note}`),
  '',
]

const pairLines = (baseline: Baseline, stream: ReportOutput): string[] => [
  `  ${asRatio(baseline.ratio.median)} coupons persisted for each request of bare Hono (${asRatio(baseline.ratio.min)} to ${asRatio(baseline.ratio.max)})`,
  '',
  headingLine('Pairs', pairColumns, stream),
  ...pairRows(baseline).map(([number, cells]) => tableLine(number, cells)),
  '',
]

/**
 * The bursts of a run for a terminal: the verdict, the pairs with bare Hono, then promises and figures of
 * each burst.
 */
export const burstReport = (
  { bursts, pairs, verdict }: BurstRun,
  machine: Machine,
  stream: ReportOutput,
): string => {
  const headline = (of: LoadVerdict, parts: readonly BurstResult[], subject: string): string =>
    `  ${paint(of, verdictWord(of), stream)}  ${subject}; ${reasonOf(of, parts)}`
  const subject =
    bursts.length === 1 ? bursts.map(({ plan }) => pressedIn(plan)).join() : `${bursts.length} bursts`
  return [
    '',
    headline(verdict, bursts, subject),
    '',
    ...(pairs === undefined ? [] : pairLines(pairs, stream)),
    ...bursts.flatMap((burst, index) => [
      ...(bursts.length === 1
        ? []
        : [headline(burst.verdict, [burst], `burst ${index + 1}: ${pressedIn(burst.plan)}`), '']),
      ...burstLines(burst, stream),
    ]),
    ...loadLines(machine),
  ].join('\n')
}

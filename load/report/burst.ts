import type { Machine } from '../measure/machine.ts'
import type { BurstResult } from '../scenarios/burst.ts'
import type { BurstRun } from '../scenarios/burst-run.ts'
import type { LoadVerdict } from '../scenarios/load-verdict.ts'
import type { Comparison } from '../scenarios/rounds.ts'
import {
  answerLines,
  checkHeading,
  checkLines,
  headingLine,
  loadLines,
  paint,
  type ReportOutput,
  rowLine,
  tableLine,
} from './lines.ts'
import {
  notesOf,
  pressedIn,
  rateRows,
  ratioSentences,
  reasonOf,
  roundColumns,
  roundRows,
  verdictWord,
} from './words.ts'

const burstLines = (result: BurstResult, stream: ReportOutput): string[] => [
  checkHeading(stream),
  ...result.checks.flatMap((check) => checkLines(check, stream)),
  '',
  ...answerLines('First answers', result.outcomes, stream),
  '',
  headingLine('Rates', [], stream),
  ...rateRows(result).map((row) => rowLine(row, stream)),
  '',
  ...notesOf(result).map((note) => `  ${note}`),
  '',
]

const comparisonLines = (comparison: Comparison, stream: ReportOutput): string[] => [
  ...ratioSentences(comparison).map((sentence) => `  ${sentence}`),
  '',
  headingLine('Rounds', roundColumns, stream),
  ...roundRows(comparison).map(([number, cells]) => tableLine(number, cells)),
  '',
]

/**
 * The bursts of a run for a terminal. The verdict comes first, then the rounds with the baselines, then
 * promises and figures of each burst. `wordOf` names a verdict.
 */
export const burstReport = (
  { bursts, comparison, verdict }: BurstRun,
  machine: Machine,
  stream: ReportOutput,
  wordOf: (verdict: LoadVerdict) => string = verdictWord,
): string => {
  const headline = (of: LoadVerdict, parts: readonly BurstResult[], subject: string): string =>
    `  ${paint(of, wordOf(of), stream)}  ${subject}; ${reasonOf(of, parts)}`
  const subject =
    bursts.length === 1 ? bursts.map(({ plan }) => pressedIn(plan)).join() : `${bursts.length} bursts`
  const rounds = comparison === undefined ? [] : comparisonLines(comparison, stream)
  const each = bursts.flatMap((burst, index) => [
    ...(bursts.length === 1
      ? []
      : [headline(burst.verdict, [burst], `burst ${index + 1}: ${pressedIn(burst.plan)}`), '']),
    ...burstLines(burst, stream),
  ])
  return [
    '',
    headline(verdict, bursts, subject),
    '',
    // The speed of a run with a broken promise stands behind what is broken.
    ...(verdict === 'pass' ? [...rounds, ...each] : [...each, ...rounds]),
    ...loadLines(machine),
  ].join('\n')
}

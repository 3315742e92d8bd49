import { styleText } from 'node:util'
import type { Check } from '../../coupon/audit/compare/check.ts'
import type { OutcomeFigures } from '../measure/figures.ts'
import type { LatencySummary } from '../measure/latency.ts'
import type { Machine } from '../measure/machine.ts'
import type { LoadVerdict } from '../scenarios/load-verdict.ts'
import { inMs, inThousands } from './numbers.ts'
import { extentOf, type ReportRow } from './words.ts'

/** Where a report is printed. It gets colours only where the stream shows them. */
export type ReportOutput = NodeJS.WritableStream

const colours = { pass: 'green', fail: 'red', 'in-flight': 'yellow', unknown: 'yellow' } as const

/** Text in the colour of a verdict. */
export const paint = (verdict: LoadVerdict, text: string, stream: ReportOutput): string =>
  styleText([colours[verdict], 'bold'], text, { stream })

const dim = (text: string, stream: ReportOutput): string => styleText('dim', text, { stream })

const label = (text: string): string => `    ${text.padEnd(20)}`
const cells = (texts: readonly string[]): string => texts.map((text) => text.padStart(14)).join('')

/** The heading of a table: its title and its columns. */
export const headingLine = (title: string, columns: readonly string[], stream: ReportOutput): string =>
  columns.length === 0
    ? styleText('bold', `  ${title}`, { stream })
    : styleText('bold', `  ${title.padEnd(22)}`, { stream }) + dim(cells(columns), stream)

/** A line of a table. */
export const tableLine = (name: string, columns: readonly string[]): string => label(name) + cells(columns)

export const rowLine = ([name, figure, explanation]: ReportRow, stream: ReportOutput): string =>
  tableLine(name, [figure]) + (explanation === '' ? '' : `  ${dim(explanation, stream)}`)

const extentWidth = 13

/** The heading of `checkLines`. */
export const checkHeading = (stream: ReportOutput): string => {
  const title = styleText('bold', '  Promises'.padEnd(36), { stream })
  return title + dim('checked'.padStart(extentWidth), stream)
}

/** A promise, how much was checked, and examples of what is wrong. */
export const checkLines = (check: Check, stream: ReportOutput): string[] => {
  const { verdict, promise, how, examples } = check
  const extent = `${promise.padEnd(22)}${extentOf(check).padStart(extentWidth)}`
  return [
    `    ${paint(verdict, verdict.padEnd(9), stream)} ${extent}  ${dim(how, stream)}`,
    ...examples.map((example) => `              ${example}`),
  ]
}

export const latencyColumns = ['answers', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms'] as const

/** The cells below `latencyColumns`; without a latency the count alone. */
export const latencyCells = (answers: number, latency: LatencySummary | undefined): string[] => [
  inThousands(answers),
  ...(latency === undefined ? [] : [latency.p50Ms, latency.p95Ms, latency.p99Ms, latency.maxMs].map(inMs)),
]

/** A table of answers by outcome, with their latencies. */
export const answerLines = (
  title: string,
  outcomes: readonly OutcomeFigures[],
  stream: ReportOutput,
): string[] => [
  headingLine(title, latencyColumns, stream),
  ...outcomes.map(({ outcome, answers, latency }) => tableLine(outcome, latencyCells(answers, latency))),
]

/** The row of the rate of all answers. */
export const answerRateLine = (
  { answersPerSecond }: { answersPerSecond: number },
  connections: number,
  stream: ReportOutput,
): string =>
  rowLine(
    [
      'answers',
      `${inThousands(answersPerSecond)} /s`,
      `over ${inThousands(connections)} connections, first request to last answer`,
    ],
    stream,
  )

/** A note when the machine had other work. */
export const loadLines = ({ loadBefore }: Machine): string[] =>
  loadBefore > 1
    ? [`  load average before the run: ${loadBefore.toFixed(1)}; a busy machine gives lower figures`, '']
    : []

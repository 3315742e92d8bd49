import { styleText } from 'node:util'
import type { Check, Verdict } from '../../coupon/audit/compare/check.ts'
import type { Machine } from '../measure/machine.ts'
import { extent } from './words.ts'

/** Where a report is printed; colours only where they show. */
export type ReportOutput = NodeJS.WritableStream

const colours = { pass: 'green', fail: 'red', 'in-flight': 'yellow' } as const

/** Text in the colour of a verdict. */
export const paint = (verdict: Verdict, text: string, stream: ReportOutput): string =>
  styleText([colours[verdict], 'bold'], text, { stream })

/** A promise, and what of it was not as it should be. */
export const checkLines = (check: Check, stream: ReportOutput): string[] => {
  const { verdict, promise } = check
  const line = `${promise.padEnd(22)}${extent(check).padStart(13)}  ${check.how}`
  return [
    `  ${paint(verdict, verdict.padEnd(9), stream)} ${line}`,
    ...check.examples.map((example) => `            ${example}`),
  ]
}

/** A line of a table. */
export const columns = (label: string, cells: readonly string[]): string =>
  `  ${label.padEnd(20)}${cells.map((cell) => cell.padStart(14)).join('')}`

/** Says so when the machine had other things to do. */
export const busyLines = ({ loadBefore }: Machine): string[] =>
  loadBefore > 1 ? [`  the machine was busy before the run: load average ${loadBefore.toFixed(1)}`, ''] : []

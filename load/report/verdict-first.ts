import type { Check } from '../../coupon/audit/compare/check.ts'
import type { Machine } from '../measure/machine.ts'
import type { LoadVerdict } from '../scenarios/load-verdict.ts'
import { checkHeading, checkLines, loadLines, paint, type ReportOutput } from './lines.ts'
import { reasonOf, verdictWord } from './words.ts'

/** A bar beside the verdict: whether it is met, the word for either, and the sentence behind the word. */
export type ReportBar = { isMet: boolean; met: string; missed: string; sentence: string }

/** What stands above and below the figures of every report. */
export type VerdictFirst = {
  verdict: LoadVerdict
  /** What was done, in the line of the verdict. */
  subject: string
  parts: readonly { checks: readonly Check[]; unknown: string | null }[]
  bar?: ReportBar
  /** Every promise with what was checked, or only those that did not hold. */
  promises: 'all' | 'broken'
  figures: readonly string[]
  /** What else has to be known of the figures. */
  notes?: readonly string[]
  machine: Machine
}

const promiseLines = ({ parts, promises }: VerdictFirst, stream: ReportOutput): string[] => {
  const checks = parts.flatMap((part) => part.checks)
  const shown = promises === 'all' ? checks : checks.filter((check) => check.verdict !== 'pass')
  if (shown.length === 0) return []
  return [checkHeading(stream), ...shown.flatMap((check) => checkLines(check, stream)), '']
}

const barLine = ({ isMet, met, missed, sentence }: ReportBar, stream: ReportOutput): string =>
  `  ${isMet ? paint('pass', met, stream) : paint('fail', missed, stream)}  ${sentence}`

/** A report for a terminal: the verdict and its reason, the bar, the promises, and only then the figures. */
export const verdictFirst = (report: VerdictFirst, stream: ReportOutput): string => {
  const { verdict, subject, parts, bar, figures, notes = [], machine } = report
  return [
    '',
    `  ${paint(verdict, verdictWord(verdict), stream)}  ${subject}; ${reasonOf(verdict, parts)}`,
    ...(bar === undefined ? [] : [barLine(bar, stream)]),
    '',
    ...promiseLines(report, stream),
    ...figures,
    '',
    ...(notes.length === 0 ? [] : [...notes.map((note) => `  ${note}`), '']),
    ...loadLines(machine),
  ].join('\n')
}

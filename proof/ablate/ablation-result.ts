import type { TestReport } from './test-report.ts'
import { titlePatternOf } from './test-titles.ts'

/** What a test run without a safeguard showed. */
export type AblationResult =
  /** The test failed. `by`: its message, in one line. */
  | { kind: 'noticed'; by: string }
  /** The test passed. */
  | { kind: 'unnoticed' }
  /** The edit does not fit, or the copy does not run: nothing is known. */
  | { kind: 'untried'; why: string }

/** Messages of code that does not run: they show a wrong edit, not a missing safeguard. */
const brokenCode =
  /SyntaxError|ReferenceError|TypeError: .* is not a function|Cannot find (?:module|package)|Failed to resolve import|Error compiling script|nonexistent global|user_script:\d+/

const firstLineOf = (text: string): string => (text.split('\n')[0] ?? '').trim().slice(0, 160)

/** Judges the tests of this title in a report: `noticed` when one of them failed and its code ran. */
export const ablationResultOf = (report: TestReport, title: string): AblationResult => {
  const pattern = new RegExp(`^${titlePatternOf(title)}`, 's')
  const ran = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter((result) => pattern.test(result.title) && ['passed', 'failed'].includes(result.status))
  if (ran.length === 0) {
    const message = report.testResults.map((file) => file.message ?? '').find((text) => text !== '')
    return { kind: 'untried', why: firstLineOf(message ?? 'no test of this title ran') }
  }
  const failures = ran.filter(({ status }) => status === 'failed')
  if (failures.length === 0) return { kind: 'unnoticed' }
  const messages = failures.map(({ failureMessages }) => (failureMessages ?? []).join('\n'))
  const message = messages.find((text) => !brokenCode.test(text))
  return message === undefined
    ? { kind: 'untried', why: firstLineOf(messages[0] ?? '') }
    : { kind: 'noticed', by: firstLineOf(message) }
}

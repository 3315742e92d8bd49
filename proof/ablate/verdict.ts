import { z } from 'zod'
import { patternOf } from './titles.ts'

/** What a test run with a safeguard taken out showed. */
export type Verdict =
  /** `by`: what the test said when it failed, in one line. */
  | { kind: 'caught'; by: string }
  /** The test passed: nothing noticed. */
  | { kind: 'unnoticed' }
  /** The copy could not run at all, so nothing is known. */
  | { kind: 'untried'; why: string }

const resultShape = z.object({
  title: z.string(),
  status: z.string(),
  failureMessages: z.array(z.string()).nullish(),
})
const reportShape = z.object({
  testResults: z.array(
    z.object({ name: z.string(), message: z.string().optional(), assertionResults: z.array(resultShape) }),
  ),
})

/** How the runner reports one run, as far as it is read here. */
export type Report = z.infer<typeof reportShape>

/** Reads the JSON report of a run; throws for anything else. */
export const parseReport = (text: string): Report => reportShape.parse(JSON.parse(text))

/** Code that does not run is no missing safeguard: the edit is at fault. */
const brokenCode =
  /SyntaxError|ReferenceError|TypeError: .* is not a function|Cannot find (?:module|package)|Failed to resolve import|Error compiling script|nonexistent global|user_script:\d+/

const firstLineOf = (text: string): string => (text.split('\n')[0] ?? '').trim().slice(0, 160)

/** Judges the tests of this title in a report: one that failed by its own words is enough. */
export const judge = (report: Report, title: string): Verdict => {
  const pattern = new RegExp(patternOf(title), 's')
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults)
  const ran = results.filter(
    ({ title: own, status }) => pattern.test(own) && ['passed', 'failed'].includes(status),
  )
  if (ran.length === 0) {
    const message = report.testResults.map((file) => file.message ?? '').find((text) => text !== '')
    return { kind: 'untried', why: firstLineOf(message ?? 'no such test ran') }
  }
  const failures = ran.filter(({ status }) => status === 'failed')
  if (failures.length === 0) return { kind: 'unnoticed' }
  const messages = failures.map(({ failureMessages }) => (failureMessages ?? []).join('\n'))
  const own = messages.find((message) => !brokenCode.test(message))
  return own === undefined
    ? { kind: 'untried', why: firstLineOf(messages[0] ?? '') }
    : { kind: 'caught', by: firstLineOf(own) }
}

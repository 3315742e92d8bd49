import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { LaunchError, throwIfAborted } from '../../servers/launch-error.ts'
import { runProgram } from '../../servers/processes/run-program.ts'
import { parseTestReport, type TestReport } from '../ablate/test-report.ts'

/** How the tests ended. `failures` has the titles of those that failed, and files that could not run. */
export type SuiteResult = { passed: number; failed: number; failures: string[] }

export type SuiteOptions = {
  root: string
  /** Receives the report and the output. */
  folder: string
  /** Names the servers, or has the PATH where their programs are. */
  environment: NodeJS.ProcessEnv
  /** Only test files whose path contains it. */
  pattern: string | undefined
  signal: AbortSignal
}

// The whole project takes six minutes on two idle cores.
const suiteWithinMs = 3_600_000

/** Counts a report. A file that could not run at all counts as one failure. */
export const suiteResultOf = ({ testResults }: TestReport, root: string): SuiteResult => {
  const tests = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ title, status }) => ({ title: `${relative(root, name)}: ${title}`, status })),
  )
  const broken = testResults.filter(
    ({ message = '', assertionResults }) =>
      message !== '' && !assertionResults.some(({ status }) => status === 'failed'),
  )
  const failures = [
    ...tests.filter(({ status }) => status === 'failed').map(({ title }) => title),
    ...broken.map(({ name }) => `${relative(root, name)} could not run`),
  ]
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: failures.length,
    failures,
  }
}

/** Runs the vitest project `servers`. Rejects when there is no report of it. */
export const runSuite = async ({
  root,
  folder,
  environment,
  pattern,
  signal,
}: SuiteOptions): Promise<SuiteResult> => {
  const reportFile = join(folder, 'tests.json')
  let reason: LaunchError | undefined
  try {
    await runProgram({
      command: process.execPath,
      arguments: [
        ...[join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--root', root],
        ...['--project', 'servers', '--reporter=default', '--reporter=json'],
        ...[`--outputFile.json=${reportFile}`, ...(pattern === undefined ? [] : [pattern])],
      ],
      environment,
      workingFolder: root,
      logFile: join(folder, 'tests.log'),
      timeoutMs: suiteWithinMs,
      signal,
    })
  } catch (cause) {
    throwIfAborted(signal)
    if (!(cause instanceof LaunchError)) throw cause
    reason = cause
  }
  const text = await readFile(reportFile, 'utf8').catch(() => undefined)
  const result = text === undefined ? undefined : suiteResultOf(parseTestReport(text), root)
  if (result === undefined || result.passed + result.failed === 0)
    throw reason ?? new LaunchError('no test ran')
  // Such as an error outside of every test.
  if (reason !== undefined && result.failed === 0)
    return { ...result, failed: 1, failures: ['vitest failed, and no test did'] }
  return result
}

import { readFileSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LaunchError, throwIfAborted } from '../../servers/launch-error.ts'
import { runProgram } from '../../servers/processes/run-program.ts'
import { lastLinesOf } from '../../servers/processes/spawn-logged.ts'
import type { FailingTest } from './safeguard.ts'
import { parseTestReport, type TestReport } from './test-report.ts'

/** What a test needs: nothing, servers, or servers with two API processes and a worker. */
export type TestKind = 'unit' | 'servers' | 'processes'

/** The tests to run; `pattern` is matched against their titles. */
export type TestRun = {
  kind: TestKind
  files: readonly string[]
  pattern: string
  timeoutMs: number
}

/** Runs the tests of a copy. */
export type TestRunner = {
  /** Resolves with the report; with a text, the reason, when the run timed out or no test ran. */
  run(tests: TestRun): Promise<TestReport | string>
  /** What this test of the copy needs, according to its file. */
  kindOf(test: FailingTest): TestKind
}

export type TestRunnerOptions = {
  /** The copy. */
  folder: string
  /** For logs and reports. */
  reportFolder: string
  /** Has the addresses of the servers that all runs share. */
  environment: NodeJS.ProcessEnv
  signal: AbortSignal
}

/** The values that test/harness/setup/whole-system.ts provides about processes. */
export const needsProcesses = /inject\('(?:apiUrls|metricsUrls|logFiles)'\)/

const projectArguments = (kind: TestKind, folder: string): string[] => {
  if (kind === 'servers') return ['--config', join(folder, 'proof', 'ablate', 'vitest.config.ts')]
  return ['--project', kind === 'unit' ? 'unit' : 'servers']
}

const vitest = join('node_modules', 'vitest', 'vitest.mjs')

export const createTestRunner = ({
  folder,
  reportFolder,
  environment,
  signal,
}: TestRunnerOptions): TestRunner => {
  const reportFile = join(reportFolder, 'report.json')
  const logFile = join(reportFolder, 'tests.log')
  const readReport = async (): Promise<TestReport | undefined> => {
    try {
      return parseTestReport(await readFile(reportFile, 'utf8'))
    } catch {
      return undefined
    }
  }

  /** Resolves with the reason when vitest fails, which it also does for failed tests. */
  const runVitest = async (words: string[], timeoutMs: number): Promise<string> => {
    try {
      await runProgram({
        command: process.execPath,
        arguments: words,
        environment,
        timeoutMs,
        signal,
        logFile,
      })
      return ''
    } catch (cause) {
      throwIfAborted(signal)
      if (!(cause instanceof LaunchError)) throw cause
      return cause.message.split('\n').slice(1).join(' ').trim()
    }
  }

  return {
    async run({ kind, files, pattern, timeoutMs }) {
      await rm(reportFile, { force: true })
      const words = [
        ...[join(folder, vitest), 'run', '--root', folder, ...projectArguments(kind, folder)],
        ...['-t', pattern, '--reporter=json', `--outputFile=${reportFile}`, '--cache=false'],
        // Beside the copy, because the copy shares its folder of packages with the checkout.
        `--fsModuleCachePath=${join(reportFolder, 'modules')}`,
        ...files,
      ]
      const reason = await runVitest(words, timeoutMs)
      const report = await readReport()
      if (report === undefined || report.testResults.length === 0)
        return `no test ran: ${reason || lastLinesOf(logFile, 8).join(' / ')}`
      return report
    },
    kindOf({ file, project }) {
      if (project === 'unit') return 'unit'
      return needsProcesses.test(readFileSync(join(folder, file), 'utf8')) ? 'processes' : 'servers'
    },
  }
}

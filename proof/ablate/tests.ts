import { readFileSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from '../../servers/processes/run-program.ts'
import { LaunchError, throwIfAborted } from '../../servers/launch-error.ts'
import { lastLinesOf } from '../../servers/processes/start-process.ts'
import type { CaughtBy } from './safeguard.ts'
import { parseReport, type Report } from './verdict.ts'

/** What tests meet: nothing, servers, or servers with two API processes and a worker on them. */
export type TestKind = 'unit' | 'servers' | 'processes'

/** Which tests of the copy to run. `pattern` is matched against their titles. */
export type TestRun = {
  kind: TestKind
  files: readonly string[]
  pattern: string
  timeoutMs: number
}

/** The tests of a copy. */
export type Tests = {
  /** Runs tests. A run that was ended, or that says nothing, gives a text: why nothing is known. */
  run(asked: TestRun): Promise<Report | string>
  /** What this test of the copy meets, as its file says. */
  kindOf(caughtBy: CaughtBy): TestKind
}

export type TestsOptions = {
  /** The copy. */
  folder: string
  /** Logs and reports go there. */
  reportFolder: string
  /** Holds the addresses of the servers that all runs share. */
  environment: NodeJS.ProcessEnv
  signal: AbortSignal
}

/** What test/harness/setup/whole-system.ts provides of processes. */
const meetsProcesses = /inject\('(?:apiUrls|metricsUrls|logFiles)'\)/

const projectOf = (kind: TestKind, folder: string): string[] => {
  if (kind === 'servers') return ['--config', join(folder, 'proof', 'ablate', 'vitest.config.ts')]
  return ['--project', kind === 'unit' ? 'unit' : 'servers']
}

const runner = join('node_modules', 'vitest', 'vitest.mjs')

export const createTests = ({ folder, reportFolder, environment, signal }: TestsOptions): Tests => {
  const reportFile = join(reportFolder, 'report.json')
  const logFile = join(reportFolder, 'tests.log')
  const lastWords = (): string => lastLinesOf(logFile, 8).join(' / ')
  const readReport = async (): Promise<Report | undefined> => {
    try {
      return parseReport(await readFile(reportFile, 'utf8'))
    } catch {
      return undefined
    }
  }
  const run: Tests['run'] = async ({ kind, files, pattern, timeoutMs }) => {
    await rm(reportFile, { force: true })
    const words = [
      ...[join(folder, runner), 'run', '--root', folder, ...projectOf(kind, folder), '-t', pattern],
      ...['--reporter=json', `--outputFile=${reportFile}`, '--cache=false'],
      // Beside the copy, because the folder of packages is shared with the checkout.
      `--fsModuleCachePath=${join(reportFolder, 'modules')}`,
      ...files,
    ]
    let ended = ''
    try {
      await runProgram({
        ...{ command: process.execPath, arguments: words, environment, timeoutMs, signal },
        logFile,
      })
    } catch (cause) {
      throwIfAborted(signal)
      // Failed tests end it with code 1 as well: the report knows.
      if (!(cause instanceof LaunchError)) throw cause
      ended = cause.message.split('\n').slice(1).join(' ').trim()
    }
    const report = await readReport()
    // Its setup failed, or it was ended: what it printed last says why.
    if (report === undefined || report.testResults.length === 0) return `no test ran: ${ended || lastWords()}`
    return report
  }
  return {
    run,
    kindOf({ file, project }) {
      if (project === 'unit') return 'unit'
      return meetsProcesses.test(readFileSync(join(folder, file), 'utf8')) ? 'processes' : 'servers'
    },
  }
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { defineCommand } from '../../platform/command.ts'
import { createProgressDisplay } from '../../platform/progress-display.ts'
import { loadExitCodes } from '../commands/common-to-loads.ts'
import { createLatencyLog } from '../measure/latency-log.ts'
import { readMetricSeconds } from '../measure/metric-seconds.ts'
import { type ProcessSeconds, readFolderSeconds } from '../measure/process-seconds.ts'
import { benchReport } from '../report/bench.ts'
import { historyName } from '../report/html/files.ts'
import { benchVerdict } from '../scenarios/bench-run.ts'
import { originOf } from '../wiring.ts'
import { measureSystem } from './measure-system.ts'
import { interruption, readKeptEnvironment, withOwnSystem } from './own-system.ts'
import { benchOptions, benchPlanOf } from './plan.ts'
import { type MeasuredSystem, whichSystem } from './which-system.ts'
import { writeReports } from './write-reports.ts'

const answerTimeoutMs = 2_000

const isReady = async (environment: NodeJS.ProcessEnv): Promise<boolean> => {
  const url = `${originOf(undefined, environment['API_URL'])}/readyz`
  return fetch(url, { signal: AbortSignal.timeout(answerTimeoutMs) }).then(
    ({ status }) => status === 200,
    () => false,
  )
}

/** Runs `work` with the environment of the system that is measured, which is started where none runs. */
const withSystem = <Result>(
  { kind, environment }: MeasuredSystem,
  { folder, stderr }: { folder: string; stderr: NodeJS.WritableStream },
  work: (environment: NodeJS.ProcessEnv) => Promise<Result>,
): Promise<Result> => {
  if (kind !== 'own') return work(environment)
  createProgressDisplay(stderr).say(`no system runs here: starting one of its own in ${folder}`)
  return withOwnSystem({ folder: resolve(folder), environment }, work)
}

/** Reads what the processes of the system have spent: from /proc where their folder is known. */
const secondsReaderOf = (
  kind: MeasuredSystem['kind'],
  { home, folder, environment }: { home: string; folder: string; environment: NodeJS.ProcessEnv },
): (() => Promise<ProcessSeconds>) => {
  if (kind !== 'given') return () => readFolderSeconds(kind === 'own' ? folder : home)
  return () => readMetricSeconds(environment)
}

/** Measures a system against bare web servers, and writes a report whose headline is the verdict. */
export const benchCommand = defineCommand({
  name: 'npm run bench --',
  summary: 'Measures a system and writes a report whose headline is the verdict.',
  options: benchOptions,
  notes: [
    'It measures the system that --url or API_URL names. Otherwise it measures the one that npm start runs',
    'here. Where none runs it starts its own, on free ports and in a folder of its own, and stops it.',
    '',
    'npm run bench -- compare A B   compares two reports',
  ],
  exitCodes: { ...loadExitCodes.exitCodes, interrupted: [130, 'stopped by a signal'] },
  failureExitCode: loadExitCodes.failureExitCode,
  async run(values, { environment: given, stdout, stderr, print }) {
    const home = given['FIRSTCOME_FOLDER'] || '.firstcome'
    const kept = await readKeptEnvironment(home)
    const { url } = values
    const system = await whichSystem({ url, environment: given, kept, isReady })
    const histories = await mkdtemp(join(tmpdir(), 'firstcome-histories-'))
    try {
      const folder = join(home, 'bench')
      const latencies = createLatencyLog()
      const run = await withSystem(system, { folder, stderr }, (environment) =>
        measureSystem({
          ...{ plan: benchPlanOf(values), url, environment, system: system.kind, latencies, stderr },
          historyOf: (burst) => join(histories, historyName(burst)),
          processSeconds: secondsReaderOf(system.kind, { home, folder, environment }),
        }),
      )
      const report = await writeReports(run, latencies, { reports: values.reports ?? 'reports', histories })
      await print({
        text: `${benchReport(run, stdout)}\n  ${join(report, 'report.html')}\n`,
        json: run,
      })
      return benchVerdict(run)
    } catch (cause) {
      if (cause === interruption) return 'interrupted'
      throw cause
    } finally {
      await rm(histories, { recursive: true })
    }
  },
})

import { drainOptions, outageCommandLine, outageOptions, outagePlanOf } from '../arguments/outage.ts'
import { type LaunchedPart, type NamedProcess, readLaunchedProcess } from '../processes/launched-process.ts'
import { outageReport } from '../report/outage.ts'
import { runOutage } from '../scenarios/outage.ts'
import type { ScenarioDependencies } from '../scenarios/prepare.ts'
import { defineLoad } from './define-load.ts'

const signalled = (dependencies: ScenarioDependencies) => ({
  ...dependencies,
  signal: (pid: number, name: 'SIGSTOP' | 'SIGCONT' | 0): void => void process.kill(pid, name),
})

const launched = (environment: NodeJS.ProcessEnv, parts: readonly LaunchedPart[]): Promise<NamedProcess[]> =>
  Promise.all(parts.map((part) => readLaunchedProcess(environment['FIRSTCOME_FOLDER'] || '.firstcome', part)))

export const outageCommand = defineLoad({
  name: 'outage',
  summary: 'Freezes servers one after the other while people press, and measures what they notice.',
  options: outageOptions,
  planOf: outagePlanOf,
  commandLine: (plan) => outageCommandLine('outage', plan),
  async run(plan, dependencies, { environment }) {
    const processes =
      plan.pid === undefined
        ? await launched(environment, ['kafka', 'database', 'redis'])
        : [{ name: `process ${plan.pid}`, pid: plan.pid }]
    return runOutage(plan, processes, signalled(dependencies))
  },
  report: outageReport,
})

export const drainCommand = defineLoad({
  name: 'drain',
  summary: 'Freezes the worker while people press, and measures how long it takes to catch up.',
  options: drainOptions,
  planOf: (values) => outagePlanOf(values),
  commandLine: (plan) => outageCommandLine('drain', plan),
  run: async (plan, dependencies, { environment }) =>
    runOutage(plan, await launched(environment, ['worker']), signalled(dependencies)),
  report: outageReport,
})

import {
  freshProcessCommandLine,
  freshProcessOptions,
  freshProcessPlanOf,
} from '../arguments/fresh-process.ts'
import { freshProcessReport } from '../report/fresh-process.ts'
import { runFreshProcess } from '../scenarios/fresh-process.ts'
import { startOwnApi, withOwnApi } from '../scenarios/own-api.ts'
import { defineLoad } from './define-load.ts'

export const freshProcessCommand = defineLoad({
  name: 'fresh-process',
  summary: 'Measures what presses cost an API process from its start on.',
  options: freshProcessOptions,
  planOf: freshProcessPlanOf,
  commandLine: freshProcessCommandLine,
  run: (plan, dependencies, { environment }) =>
    runFreshProcess(plan, {
      ...dependencies,
      withFreshApi: (work) => withOwnApi(() => startOwnApi(environment, {}), work),
    }),
  report: freshProcessReport,
})

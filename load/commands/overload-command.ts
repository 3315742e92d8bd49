import { overloadCommandLine, overloadOptions, overloadPlanOf } from '../arguments/overload.ts'
import { overloadReport } from '../report/overload.ts'
import { runOverload } from '../scenarios/overload.ts'
import { refuseTooFewFiles } from '../scenarios/refuse-too-few-files.ts'
import { metricsUrlOf } from './common-to-loads.ts'
import { defineLoad } from './define-load.ts'

export const overloadCommand = defineLoad({
  name: 'overload',
  summary: 'Measures the peak, then offers several times as many people, who disconnect and press again.',
  options: overloadOptions,
  planOf: overloadPlanOf,
  commandLine: overloadCommandLine,
  requireRoom: ({ connections }) => refuseTooFewFiles(connections),
  run: (plan, dependencies, { values, settings }) =>
    runOverload(plan, { ...dependencies, metricsUrl: metricsUrlOf(values.metrics, settings) }),
  report: overloadReport,
})

import { checkOutage, outageCommandLine, outageOptions, outagePlanOf } from '../arguments/outage.ts'
import { outageReport } from '../report/outage.ts'
import { runOutage } from '../scenarios/outage.ts'
import { defineLoad } from './define-load.ts'

export const outageCommand = defineLoad({
  name: 'outage',
  summary: 'Freezes the worker or a server while people press, and measures what they notice.',
  options: outageOptions,
  check: checkOutage,
  planOf: outagePlanOf,
  commandLine: outageCommandLine,
  run: (plan, dependencies) =>
    runOutage(plan, { ...dependencies, signal: (pid, name) => void process.kill(pid, name) }),
  report: outageReport,
})

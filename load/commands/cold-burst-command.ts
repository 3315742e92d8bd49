import { coldBurstCommandLine, coldBurstOptions, coldBurstPlanOf } from '../arguments/cold-burst.ts'
import { coldBurstReport } from '../report/cold-burst.ts'
import { runColdBurst } from '../scenarios/cold-burst.ts'
import { refuseTooFewFiles } from '../scenarios/refuse-too-few-files.ts'
import { defineLoad } from './define-load.ts'

export const coldBurstCommand = defineLoad({
  name: 'cold-burst',
  summary: 'Lets everybody come at once over new connections, and measures connecting apart from answering.',
  options: coldBurstOptions,
  planOf: coldBurstPlanOf,
  commandLine: coldBurstCommandLine,
  requireRoom: ({ connections }) => refuseTooFewFiles(connections),
  run: runColdBurst,
  report: coldBurstReport,
})

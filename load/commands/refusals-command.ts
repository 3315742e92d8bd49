import { createTokenSigner } from '../../platform/http/token.ts'
import { refusalsCommandLine, refusalsOptions, refusalsPlanOf } from '../arguments/refusals.ts'
import { refusalsReport } from '../report/refusals.ts'
import { startFullApi } from '../scenarios/full-api.ts'
import { withOwnApi } from '../scenarios/own-api.ts'
import { runRefusals } from '../scenarios/refusals.ts'
import { metricsUrlOf } from './common-to-loads.ts'
import { defineLoad } from './define-load.ts'

export const refusalsCommand = defineLoad({
  name: 'refusals',
  summary: 'Measures what each refusal costs the processor of the API, against a grant.',
  options: refusalsOptions,
  planOf: refusalsPlanOf,
  commandLine: refusalsCommandLine,
  run: (plan, dependencies, { values, settings, environment }) =>
    runRefusals(plan, {
      ...dependencies,
      metricsUrl: metricsUrlOf(values.metrics, settings),
      adminToken: settings.ADMIN_TOKEN,
      signWrongly: createTokenSigner(`${settings.JWT_SECRET}, but another`),
      withFullApi: (work) => withOwnApi(() => startFullApi(environment), work),
    }),
  report: refusalsReport,
  bar: {
    outcome: 'dear',
    exitCode: [1, 'DEAR: a refusal costs as much of a grant as its bar, or more'],
    isMissed: ({ dear }) => dear.length > 0,
  },
})

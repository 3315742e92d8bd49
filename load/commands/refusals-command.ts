import { defineCommand } from '../../platform/command.ts'
import { createTokenSigner } from '../../platform/http/token.ts'
import { refusalsCommandLine, refusalsOptions, refusalsPlanOf } from '../arguments/refusals.ts'
import { refusalsReport } from '../report/refusals.ts'
import { startFullApi } from '../scenarios/full-api.ts'
import { runRefusals } from '../scenarios/refusals.ts'
import { withWiring } from '../wiring.ts'
import { commonToLoads, metricsUrlOf } from './common-to-loads.ts'

export const refusalsCommand = defineCommand({
  ...commonToLoads,
  name: 'npm run load -- refusals',
  summary: 'Measures what each refusal costs the processor of the API, against a grant.',
  options: refusalsOptions,
  exitCodes: {
    ...commonToLoads.exitCodes,
    dear: [1, 'DEAR: a refusal costs as much of a grant as its bar, or more'],
  },
  run: ({ url, metrics, ...values }, { settings, environment, stdout, stderr, print }) =>
    withWiring({ url, settings, stderr }, async ({ machine, ...wiring }) => {
      const plan = refusalsPlanOf({ url, metrics, ...values })
      const result = await runRefusals(plan, {
        ...wiring,
        metricsUrl: metricsUrlOf(metrics, settings),
        adminToken: settings.ADMIN_TOKEN,
        signWrongly: createTokenSigner(`${settings.JWT_SECRET}, but another`),
        async withFullApi(work) {
          const full = await startFullApi(environment)
          try {
            return await work(full)
          } finally {
            await full.stop()
          }
        },
      })
      const command = refusalsCommandLine(plan)
      await print({
        text: `${refusalsReport(result, machine, stdout)}\n`,
        json: { command, machine, ...result },
      })
      return result.verdict === 'pass' && result.dear.length > 0 ? 'dear' : result.verdict
    }),
})

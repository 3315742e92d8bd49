import { defineCommand } from '../../platform/command.ts'
import { overloadCommandLine, overloadOptions, overloadPlanOf } from '../arguments/overload.ts'
import { overloadReport } from '../report/overload.ts'
import { refuseTooFewFiles, runOverload } from '../scenarios/overload.ts'
import { withWiring } from '../wiring.ts'
import { commonToLoads, metricsUrlOf } from './common-to-loads.ts'

export const overloadCommand = defineCommand({
  ...commonToLoads,
  name: 'npm run load -- overload',
  summary: 'Measures the peak, then offers several times as many people, who disconnect and press again.',
  options: overloadOptions,
  async run({ url, metrics, ...values }, { settings, stdout, stderr, print }) {
    const plan = overloadPlanOf({ url, metrics, ...values })
    await refuseTooFewFiles(plan.connections)
    return withWiring({ url, settings, stderr }, async ({ machine, ...wiring }) => {
      const result = await runOverload(plan, { ...wiring, metricsUrl: metricsUrlOf(metrics, settings) })
      const command = overloadCommandLine(plan)
      await print({
        text: `${overloadReport(result, machine, stdout)}\n`,
        json: { command, machine, ...result },
      })
      return result.verdict
    })
  },
})

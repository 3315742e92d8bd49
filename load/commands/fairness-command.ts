import { defineCommand } from '../../platform/command.ts'
import { fairnessCommandLine, fairnessOptions, fairnessPlanOf } from '../arguments/fairness.ts'
import { fairnessReport } from '../report/fairness.ts'
import { runFairness } from '../scenarios/fairness.ts'
import { stampingApis } from '../scenarios/stamping-apis.ts'
import { withWiring } from '../wiring.ts'
import { commonToLoads } from './common-to-loads.ts'

export const fairnessCommand = defineCommand({
  ...commonToLoads,
  name: 'npm run load -- fairness',
  summary: 'Measures how ranks follow the order of arrival, over one API process, two, and from one address.',
  options: fairnessOptions,
  exitCodes: {
    ...commonToLoads.exitCodes,
    unfair: [1, 'UNFAIR: a later press overtook within a process or an address, or came after an answer'],
  },
  run: ({ url, ...values }, { settings, environment, stdout, stderr, print }) =>
    withWiring({ url, settings, stderr }, async ({ machine, ...wiring }) => {
      const plan = fairnessPlanOf({ url, ...values })
      const result = await runFairness(plan, { ...wiring, ...stampingApis(environment) })
      const command = fairnessCommandLine(plan)
      await print({
        text: `${fairnessReport(result, machine, stdout)}\n`,
        json: { command, machine, ...result },
      })
      return result.verdict === 'pass' && result.unfair.length > 0 ? 'unfair' : result.verdict
    }),
})

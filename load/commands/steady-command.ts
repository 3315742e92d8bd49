import { defineCommand } from '../../platform/command.ts'
import { checkSteady, steadyCommandLine, steadyOptions, steadyPlanOf } from '../arguments/steady.ts'
import { withBaseline } from '../baselines/baseline-server.ts'
import { readFolderSeconds } from '../measure/process-seconds.ts'
import { steadyReport } from '../report/steady.ts'
import { runSteady, type SteadyResult, steadyOutcome } from '../scenarios/steady.ts'
import { withWiring } from '../wiring.ts'
import { commonToLoads } from './common-to-loads.ts'

export const steadyCommand = defineCommand({
  ...commonToLoads,
  name: 'npm run load -- steady',
  summary: 'Lets people press at a constant rate, whether or not others were answered, and finds the knee.',
  options: steadyOptions,
  check: checkSteady,
  exitCodes: {
    ...commonToLoads.exitCodes,
    unmeasured: [1, 'UNMEASURED: the promises held, but the figures are not those of the API'],
  },
  run: (values, { settings, environment, stdout, stderr, print }) =>
    withWiring({ url: values.url, settings, stderr }, async ({ machine, ...wiring }) => {
      const plan = steadyPlanOf(values)
      const folder = environment['FIRSTCOME_FOLDER'] || '.firstcome'
      const measure = (nodeUrl?: string): Promise<SteadyResult> =>
        runSteady(plan, {
          ...{ ...wiring, nodeUrl },
          // Another API than that of `npm start` may have other servers.
          ...(values.url === undefined ? { processSeconds: () => readFolderSeconds(folder) } : {}),
        })
      const result =
        plan.baseline === true
          ? await withBaseline('node', settings.JWT_SECRET, ({ url }) => measure(url))
          : await measure()
      const command = steadyCommandLine(plan)
      await print({
        text: `${steadyReport(result, machine, stdout)}\n`,
        json: { command, machine, ...result },
      })
      return steadyOutcome(result)
    }),
})

import { writeFile } from 'node:fs/promises'
import { defineCommand } from '../../platform/command.ts'
import { burstArgumentsOf, burstCommandLine, burstOptions, checkBurst } from '../arguments/burst.ts'
import { withBaselines } from '../baselines/press-baseline.ts'
import { burstReport } from '../report/burst.ts'
import { markdownReport } from '../report/markdown.ts'
import { runBurst } from '../scenarios/burst.ts'
import { runBursts } from '../scenarios/burst-run.ts'
import { withWiring } from '../wiring.ts'
import { commonToLoads } from './common-to-loads.ts'

export const burstCommand = defineCommand({
  ...commonToLoads,
  name: 'npm run load -- burst',
  summary: 'Lets every shopper press once, and compares the answers with the rows in the database.',
  options: burstOptions,
  check: checkBurst,
  run: (values, { settings, stdout, stderr, print }) =>
    withWiring({ url: values.url, settings, stderr }, async ({ machine, ...wiring }) => {
      const asked = burstArgumentsOf(values)
      const { history, report } = values
      const run = await runBursts(asked, {
        ...wiring,
        burst: (plan) => runBurst(plan, { ...wiring, ...(history === undefined ? {} : { history }) }),
        withBaselines: (work) => withBaselines({ ...wiring, jwtSecret: settings.JWT_SECRET }, work),
      })
      const command = burstCommandLine(asked)
      await print({ text: `${burstReport(run, machine, stdout)}\n`, json: { command, machine, ...run } })
      if (report !== undefined) await writeFile(report, markdownReport(run, machine, command))
      return run.verdict
    }),
})

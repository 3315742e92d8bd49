import { defineCommand } from '../../platform/command.ts'
import { hostileCommandLine, hostileOptions, hostilePlanOf } from '../arguments/hostile.ts'
import { hostileReport } from '../report/hostile.ts'
import { hostileOutcome, runHostile } from '../scenarios/hostile.ts'
import { withWiring } from '../wiring.ts'
import { commonToLoads } from './common-to-loads.ts'

export const hostileCommand = defineCommand({
  ...commonToLoads,
  name: 'npm run load -- hostile',
  summary: 'Measures how much longer people wait beside each kind of bad client.',
  options: hostileOptions,
  exitCodes: {
    ...commonToLoads.exitCodes,
    harmed: [1, 'HARMED: beside a bad client somebody was not served, or the p99 more than tripled'],
  },
  run: ({ url, ...values }, { settings, stdout, stderr, print }) =>
    withWiring({ url, settings, stderr }, async ({ machine, ...wiring }) => {
      const plan = hostilePlanOf({ url, ...values })
      const result = await runHostile(plan, wiring)
      const command = hostileCommandLine(plan)
      await print({
        text: `${hostileReport(result, machine, stdout)}\n`,
        json: { command, machine, ...result },
      })
      return hostileOutcome(result)
    }),
})

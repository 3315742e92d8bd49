import { defineCommand } from '../../platform/command.ts'
import {
  manyCampaignsCommandLine,
  manyCampaignsOptions,
  manyCampaignsPlanOf,
} from '../arguments/many-campaigns.ts'
import { manyCampaignsReport } from '../report/many-campaigns.ts'
import { runManyCampaigns } from '../scenarios/many-campaigns.ts'
import { withWiring } from '../wiring.ts'
import { commonToLoads } from './common-to-loads.ts'

export const manyCampaignsCommand = defineCommand({
  ...commonToLoads,
  name: 'npm run load -- many-campaigns',
  summary: 'Measures lists of coupons with few and with many live campaigns, and presses beside them.',
  options: manyCampaignsOptions,
  exitCodes: {
    ...commonToLoads.exitCodes,
    uneven: [1, 'UNEVEN: with many live campaigns lists or presses are slower'],
  },
  run: (values, { settings, stdout, stderr, print }) =>
    withWiring({ url: values.url, settings, stderr }, async ({ machine, ...wiring }) => {
      const plan = manyCampaignsPlanOf(values)
      const result = await runManyCampaigns(plan, wiring)
      const command = manyCampaignsCommandLine(plan)
      await print({
        text: `${manyCampaignsReport(result, machine, stdout)}\n`,
        json: { command, machine, ...result },
      })
      const { verdict, listsRatio, pressRatio, ratioMin } = result
      return verdict === 'pass' && Math.min(listsRatio, pressRatio) < ratioMin ? 'uneven' : verdict
    }),
})

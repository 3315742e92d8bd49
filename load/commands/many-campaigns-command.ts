import {
  manyCampaignsCommandLine,
  manyCampaignsOptions,
  manyCampaignsPlanOf,
} from '../arguments/many-campaigns.ts'
import { manyCampaignsReport } from '../report/many-campaigns.ts'
import { runManyCampaigns } from '../scenarios/many-campaigns.ts'
import { defineLoad } from './define-load.ts'

export const manyCampaignsCommand = defineLoad({
  name: 'many-campaigns',
  summary: 'Measures lists of coupons with few and with many live campaigns, and presses beside them.',
  options: manyCampaignsOptions,
  planOf: manyCampaignsPlanOf,
  commandLine: manyCampaignsCommandLine,
  run: (plan, dependencies, { settings }) =>
    runManyCampaigns(plan, { ...dependencies, jwtSecret: settings.JWT_SECRET }),
  report: manyCampaignsReport,
  bar: {
    outcome: 'uneven',
    exitCode: [1, 'UNEVEN: with many live campaigns lists or presses are slower'],
    isMissed: ({ listsRatio, pressRatio, ratioMin }) => Math.min(listsRatio, pressRatio) < ratioMin,
  },
})

import { writeFile } from 'node:fs/promises'
import { defineCommand, defineCommandGroup } from '../platform/command.ts'
import { createTokenSigner } from '../platform/http/token.ts'
import { burstArgumentsOf, burstCommandLine, burstOptions, checkBurst } from './arguments/burst.ts'
import { hostileCommandLine, hostileOptions, hostilePlanOf } from './arguments/hostile.ts'
import {
  manyCampaignsCommandLine,
  manyCampaignsOptions,
  manyCampaignsPlanOf,
} from './arguments/many-campaigns.ts'
import { overloadCommandLine, overloadOptions, overloadPlanOf } from './arguments/overload.ts'
import { refusalsCommandLine, refusalsOptions, refusalsPlanOf } from './arguments/refusals.ts'
import { withBaselines } from './baselines/press-baseline.ts'
import { burstReport } from './report/burst.ts'
import { hostileReport } from './report/hostile.ts'
import { manyCampaignsReport } from './report/many-campaigns.ts'
import { markdownReport } from './report/markdown.ts'
import { overloadReport } from './report/overload.ts'
import { refusalsReport } from './report/refusals.ts'
import { runBurst } from './scenarios/burst.ts'
import { runBursts } from './scenarios/burst-run.ts'
import { startFullApi } from './scenarios/full-api.ts'
import { hostileOutcome, runHostile } from './scenarios/hostile.ts'
import { runManyCampaigns } from './scenarios/many-campaigns.ts'
import { refuseTooFewFiles, runOverload } from './scenarios/overload.ts'
import { runRefusals } from './scenarios/refusals.ts'
import { loadSettings } from './settings.ts'
import { type Target, withWiring } from './wiring.ts'

const metricsUrlOf = (option: string | undefined, settings: Target['settings']): string =>
  option ?? `http://${settings.METRICS_HOST}:${settings.API_METRICS_PORT}/metrics`

/** What every command of a load run needs, and how it ends. */
export const commonToLoads = {
  settings: loadSettings,
  exitCodes: {
    pass: [0, 'PASS: every promise held'],
    fail: [1, 'FAIL: a promise was broken'],
    'in-flight': [1, 'IN FLIGHT: a promise could not be decided'],
    unknown: [1, 'UNKNOWN: the ledger or the log could not be read, and the report says why'],
  },
  failureExitCode: [1, 'it could not run'],
} as const

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
        burst: (plan) => runBurst(plan, { ...wiring, ...(history === undefined ? {} : { history }) }),
        withBaselines: (work) => withBaselines({ ...wiring, jwtSecret: settings.JWT_SECRET }, work),
      })
      const command = burstCommandLine(asked)
      await print({ text: `${burstReport(run, machine, stdout)}\n`, json: { command, machine, ...run } })
      if (report !== undefined) await writeFile(report, markdownReport(run, machine, command))
      return run.verdict
    }),
})

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

const refusalsCommand = defineCommand({
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

const manyCampaignsCommand = defineCommand({
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

const hostileCommand = defineCommand({
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

/** Loads a running system, and judges it by its answers and its rows. */
export const loadCommand = defineCommandGroup({
  burst: burstCommand,
  overload: overloadCommand,
  refusals: refusalsCommand,
  'many-campaigns': manyCampaignsCommand,
  hostile: hostileCommand,
})

import type { ProgressDisplay } from '../../platform/progress-display.ts'
import { createAnswerSheet } from '../generator/answer-sheet.ts'
import { pressAll } from '../generator/press-all.ts'
import { rate, type Spread, spreadOf } from '../measure/figures.ts'
import { type LatencySummary, summariseLatencies } from '../measure/latency.ts'
import { createShoppers } from '../people/shoppers.ts'
import { inThousands } from '../report/numbers.ts'
import { startBareServer } from './bare-server.ts'
import type { BurstPlan, BurstResult } from './burst.ts'

/** How bare Hono answered the same presses. */
export type BareResult = { answers: number; answersPerSecond: number; latency: LatencySummary | undefined }

/** Presses bare Hono instead of the API. */
export type RunBare = (plan: BurstPlan) => Promise<BareResult>

/**
 * A burst and a run of bare Hono next to it. Only these compare: the speed of a machine halves within
 * minutes.
 */
type BaselinePair = { bare: BareResult; burst: BurstResult; ratio: number }

export type Baseline = { pairs: BaselinePair[]; ratio: Spread }

export type BareDependencies = {
  jwtSecret: string
  sign(userId: string, lifetimeSeconds: number): string
  now(): number
  progress: ProgressDisplay
}

const bareCampaignId = '00000000-0000-7000-8000-000000000000'

/** With the generator, requests and connections of a burst. Throws unless every answer is 201. */
const runBare = async (
  url: string,
  { shoppers: count, connections }: BurstPlan,
  { sign, now, progress }: BareDependencies,
): Promise<BareResult> => {
  const sheet = createAnswerSheet(count, now)
  const requests = createShoppers({ count, prefix: 'bare', sign }).presses(url, bareCampaignId)
  await progress.step(
    () => `bare Hono: ${inThousands(sheet.answeredCount())} of ${inThousands(count)} answered`,
    () => pressAll({ url, requests, connections }, sheet),
  )
  const { firstPressMs, lastAnswerMs } = sheet.moments()
  const answers = Array.from({ length: count }, (_, shopper) => sheet.read(shopper)).filter(
    (answer) => answer !== undefined,
  )
  const refused = answers.find(({ status }) => status !== 201)
  if (refused !== undefined || answers.length < count)
    throw new Error(
      `bare Hono answered ${answers.length} of ${count}${refused === undefined ? '' : `, one with ${refused.status}`}`,
    )
  return {
    answers: answers.length,
    answersPerSecond: rate(answers.length, firstPressMs, lastAnswerMs),
    latency: summariseLatencies(answers.map(({ latencyMs }) => latencyMs)),
  }
}

/** Runs bare Hono while `work` runs. */
export const withBareServer = async <Result>(
  dependencies: BareDependencies,
  work: (run: RunBare) => Promise<Result>,
): Promise<Result> => {
  const server = await startBareServer(dependencies.jwtSecret)
  try {
    return await work((plan) => runBare(server.url, plan, dependencies))
  } finally {
    await server.stop()
  }
}

/** Coupons persisted a second, for each request a second of bare Hono. */
export const pairRatio = (bare: BareResult, burst: BurstResult): number =>
  bare.answersPerSecond === 0 ? 0 : burst.figures.persistedPerSecond / bare.answersPerSecond

/** Runs `count` pairs. Their order alternates, so that a drift of the machine favours neither side. */
export const runPairs = async (
  count: number,
  plan: BurstPlan,
  run: { bare: RunBare; burst(plan: BurstPlan): Promise<BurstResult> },
): Promise<Baseline> => {
  const pairs: BaselinePair[] = []
  for (let pair = 0; pair < count; pair += 1) {
    const before = pair % 2 === 0 ? await run.bare(plan) : undefined
    const burst = await run.burst(plan)
    const bare = before ?? (await run.bare(plan))
    pairs.push({ bare, burst, ratio: pairRatio(bare, burst) })
  }
  return { pairs, ratio: spreadOf(pairs.map(({ ratio }) => ratio)) }
}

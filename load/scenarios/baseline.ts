import { createAnswerSheet } from '../generator/answer-sheet.ts'
import type { BurstPlan, BurstResult } from './burst.ts'
import { rate, type Spread, spreadOf } from '../measure/figures.ts'
import { type LatencySummary, summariseLatencies } from '../measure/latency.ts'
import { pressAll } from '../generator/press-all.ts'
import type { Progress } from '../progress.ts'
import type { Shoppers } from '../people/shoppers.ts'

/** What bare Hono did with the same presses. */
export type BareResult = { answers: number; answersPerSecond: number; latency: LatencySummary | undefined }

/** A burst and a bare run beside it: only they compare, because the machine drifts by half within minutes. */
type BaselinePair = { bare: BareResult; burst: BurstResult; ratio: number }

export type Baseline = { pairs: BaselinePair[]; ratio: Spread }

export type BareDependencies = { url: string; now(): number; progress: Progress }

const bareCampaignId = '00000000-0000-7000-8000-000000000000'

/** Presses at bare Hono: same generator, same number of requests and connections. */
export const runBare = async (
  shoppers: Shoppers,
  connections: number,
  dependencies: BareDependencies,
): Promise<BareResult> => {
  const { url, now, progress } = dependencies
  const sheet = createAnswerSheet(shoppers.count, now)
  const requests = shoppers.presses(url, bareCampaignId)
  await progress.during(
    () => `bare Hono: ${sheet.answeredCount()} of ${shoppers.count} answered`,
    () => pressAll({ url, requests, connections }, sheet),
  )
  const { firstPressMs, lastAnswerMs } = sheet.moments()
  const answered = Array.from({ length: shoppers.count }, (_, shopper) => sheet.read(shopper)).filter(
    (answer) => answer !== undefined,
  )
  const refused = answered.find(({ status }) => status !== 201)
  if (refused !== undefined || answered.length < shoppers.count)
    throw new Error(
      `bare Hono answered ${answered.length} of ${shoppers.count}${refused === undefined ? '' : `, one with ${refused.status}`}`,
    )
  return {
    answers: answered.length,
    answersPerSecond: rate(answered.length, firstPressMs, lastAnswerMs),
    latency: summariseLatencies(answered.map(({ latencyMs }) => latencyMs)),
  }
}

/** Coupons persisted a second for each request a second of bare Hono. */
export const pairRatio = (bare: BareResult, burst: BurstResult): number =>
  bare.answersPerSecond === 0 ? 0 : burst.figures.persistedPerSecond / bare.answersPerSecond

/** Runs `count` pairs; who goes first changes from pair to pair, so that a drift of the machine favours neither. */
export const runPairs = async (
  count: number,
  plan: BurstPlan,
  run: { bare(plan: BurstPlan): Promise<BareResult>; burst(plan: BurstPlan): Promise<BurstResult> },
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

import { Failure } from '../../platform/failure.ts'
import type { FairnessPlan } from '../arguments/fairness.ts'
import { pressAll } from '../generator/press-all.ts'
import { sheetFrom } from '../generator/sheet-part.ts'
import { createStampedSheet, type StampedSheet } from '../generator/stamped-sheet.ts'
import { countInversions, type Inversions, type RankedArrival } from '../measure/inversions.ts'
import { type LatencySummary, summariseLatencies } from '../measure/latency.ts'
import { inThousands } from '../report/numbers.ts'
import { type LoadVerdict, worstVerdict } from './load-verdict.ts'
import { type LoadCampaign, prepareCampaign, type ScenarioDependencies } from './prepare.ts'
import { type Settlement, settle } from './settle.ts'

/** One burst over some API processes, and how its ranks follow the order of arrival. */
export type FairnessBurst = Pick<Settlement, 'checks' | 'unknown' | 'verdict'> & {
  processes: number
  /** Within each process, in the order in which it read the presses. */
  within: Inversions[]
  /** Over all of them together, by the clock that they share. */
  together: Inversions
  /** Of the presses that were compared. */
  latency: LatencySummary | undefined
  /** Presses without a rank at first: nothing is known of their order. */
  undecided: number
}

export type FairnessResult = {
  plan: FairnessPlan
  bursts: FairnessBurst[]
  /** On the promises. */
  verdict: LoadVerdict
  /** What broke a bar, in words. */
  unfair: string[]
}

export type FairnessDependencies = ScenarioDependencies & {
  /** Runs API processes that say when a press arrived, while `work` runs. */
  withStampingApis<Result>(count: number, work: (urls: readonly string[]) => Promise<Result>): Promise<Result>
  /** The clock of the stamps. */
  monotonicNs(): bigint
}

type Size = { shoppers: number; stock: number; connections: number }

type ComparedPress = RankedArrival & { processId: number; latencyMs: number }

/** Lets the shoppers press, the same number over each process, all processes at once. */
const pressOver = async (
  urls: readonly string[],
  connections: number,
  { campaignId, shoppers }: LoadCampaign,
  sheet: StampedSheet,
): Promise<void> => {
  const share = Math.ceil(shoppers.count / urls.length)
  const waves = urls.map(async (url, index) => {
    const first = index * share
    const requests = shoppers.presses(url, campaignId).slice(first, first + share)
    const ownConnections = Math.max(1, Math.floor(connections / urls.length))
    await pressAll({ url, requests, connections: ownConnections }, sheetFrom(sheet, first, share))
  })
  await Promise.all(waves)
}

/** The presses with a rank. Those who found the stock sold out share the rank behind the last coupon. */
const comparedPresses = (
  { firstAnswers }: Pick<Settlement, 'firstAnswers'>,
  stock: number,
  sheet: StampedSheet,
  toMs: (monotonicNs: bigint) => number,
): ComparedPress[] =>
  firstAnswers.flatMap(({ answer: { meaning }, latencyMs = 0, times: { answeredMs } }, shopper) => {
    if (meaning.kind !== 'granted' && meaning.kind !== 'sold-out') return []
    const stamp = sheet.stamp(shopper)
    if (stamp === undefined)
      throw new Failure('unavailable', 'an answer of the API does not say when its press arrived')
    const rank = meaning.kind === 'granted' ? meaning.coupon.rank : stock + 1
    const { processId, number, monotonicNs } = stamp
    return [{ rank, processId, number, arrivedMs: toMs(monotonicNs), answeredMs, latencyMs }]
  })

const runOver = async (
  urls: readonly string[],
  { shoppers, stock, connections }: Size,
  dependencies: FairnessDependencies,
): Promise<FairnessBurst> => {
  const { now, monotonicNs } = dependencies
  const campaign = await prepareCampaign({ shoppers, stock }, dependencies)
  const sheet = createStampedSheet(campaign.sheet)
  const [originNs, originMs] = [monotonicNs(), now()]
  await pressOver(urls, connections, campaign, sheet)
  const drained = await campaign.waitForRows(sheet.grantedCount(), now())
  const settled = await settle(campaign, { pressed: shoppers, drained }, dependencies)
  const toMs = (ns: bigint): number => originMs + Number(ns - originNs) / 1e6
  const compared = comparedPresses(settled, stock, sheet, toMs)
  const byProcess = Map.groupBy(compared, ({ processId }) => processId)
  return {
    processes: urls.length,
    within: [...byProcess.values()].map(countInversions),
    together: countInversions(compared),
    latency: summariseLatencies(compared.map(({ latencyMs }) => latencyMs)),
    undecided: shoppers - compared.length,
    checks: settled.checks,
    unknown: settled.unknown,
    verdict: settled.verdict,
  }
}

const faultsOf = ({ processes, within, together }: FairnessBurst): string[] => {
  const over = processes === 1 ? 'one process' : `${processes} processes`
  const inversions = within.reduce((sum, one) => sum + one.inversions, 0)
  return [
    ...(within.length === processes ? [] : [`over ${over} only ${within.length} answered`]),
    ...(inversions === 0 ? [] : [`over ${over} ${inThousands(inversions)} inversions within a process`]),
    ...(together.afterAnswer === 0
      ? []
      : [`over ${over} ${inThousands(together.afterAnswer)} overtaken by a later press after their answer`]),
  ]
}

/**
 * Bursts over one API process and over two, each campaign its own. The bars: no inversion within a process,
 * and nobody is overtaken by somebody who arrived after their answer. So no width between processes is above
 * what a press takes.
 */
export const runFairness = async (
  plan: FairnessPlan,
  dependencies: FairnessDependencies,
): Promise<FairnessResult> => {
  const { progress, withStampingApis } = dependencies
  const { rounds, warmUp, ...size } = plan
  const bursts: FairnessBurst[] = []
  const warmUps: FairnessBurst[] = []
  for (let round = 1; round <= rounds; round += 1)
    for (const processes of [1, 2])
      await progress.step(`round ${round} of ${rounds}: ${processes} of the API`, () =>
        withStampingApis(processes, async (urls) => {
          if (warmUp > 0)
            warmUps.push(await runOver(urls, { ...size, shoppers: warmUp, stock: warmUp }, dependencies))
          bursts.push(await runOver(urls, size, dependencies))
        }),
      )
  const all = [...warmUps, ...bursts]
  return {
    plan,
    // A warm-up is shown only when it broke something.
    bursts: [...warmUps.filter((one) => one.verdict !== 'pass' || faultsOf(one).length > 0), ...bursts],
    verdict: worstVerdict(all.map(({ verdict }) => verdict)),
    unfair: all.flatMap(faultsOf),
  }
}

import { Failure } from '../../platform/failure.ts'
import type { FairnessPlan } from '../arguments/fairness.ts'
import { pressAll } from '../generator/press-all.ts'
import { sheetFrom } from '../generator/sheet-part.ts'
import { createStampedSheet, type StampedSheet } from '../generator/stamped-sheet.ts'
import { countInversions, type Inversions, type RankedArrival } from '../measure/inversions.ts'
import { type LatencySummary, summariseLatencies } from '../measure/latency.ts'
import { inThousands } from '../report/numbers.ts'
import { type FairnessKind, fairnessKinds } from './fairness-kinds.ts'
import { type LoadVerdict, worstVerdict } from './load-verdict.ts'
import { type LoadCampaign, prepareCampaign, type ScenarioDependencies } from './prepare.ts'
import { drainAndSettle, type Settlement } from './settle.ts'

/** One burst, and how its ranks follow the order of arrival. */
export type FairnessBurst = Pick<Settlement, 'checks' | 'unknown' | 'verdict'> & {
  kind: string
  /** Of presses that keep their order: those of one process, or of one address. */
  within: { name: string; inversions: Inversions }[]
  /** Of all presses, by the clock that the processes share. */
  together: Inversions
  /** Of the presses that were compared. */
  latency: LatencySummary | undefined
  /** Presses without a rank at first: nothing is known of their order. */
  undecided: number
  /** Which bars it broke, in words. */
  unfair: string[]
}

export type FairnessResult = {
  plan: FairnessPlan
  bursts: FairnessBurst[]
  /** On the promises. */
  verdict: LoadVerdict
  /** Which bars were broken, in words. */
  unfair: string[]
}

export type FairnessDependencies = ScenarioDependencies & {
  /** Runs API processes that say when a press arrived, while `work` runs. */
  withStampingApis<Result>(
    kind: Pick<FairnessKind, 'processes' | 'settings'>,
    work: (urls: readonly string[]) => Promise<Result>,
  ): Promise<Result>
  /** The clock of the stamps. */
  monotonicNs(): bigint
}

type Size = { shoppers: number; stock: number; connections: number }

type ComparedPress = RankedArrival & { order: string; latencyMs: number }

/** Lets the shoppers press, the same number over each process, all processes at once. */
const pressOver = async (
  urls: readonly string[],
  { pressOf }: FairnessKind,
  connections: number,
  { campaignId, shoppers }: LoadCampaign,
  sheet: StampedSheet,
): Promise<void> => {
  const share = Math.ceil(shoppers.count / urls.length)
  const waves = urls.map(async (url, index) => {
    const first = index * share
    const requests = shoppers
      .presses(url, campaignId)
      .map(pressOf)
      .slice(first, first + share)
    const ownConnections = Math.max(1, Math.floor(connections / urls.length))
    await pressAll({ url, requests, connections: ownConnections }, sheetFrom(sheet, first, share))
  })
  await Promise.all(waves)
}

/** The presses with a rank. Those who found the stock sold out share the rank behind the last coupon. */
const comparedPresses = (
  { firstAnswers }: Pick<Settlement, 'firstAnswers'>,
  { orderOf }: FairnessKind,
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
    const { number, monotonicNs } = stamp
    const arrivedMs = toMs(monotonicNs)
    return [{ rank, number, arrivedMs, answeredMs, latencyMs, order: orderOf(shopper, stamp) }]
  })

const faultsOf = (
  { name: kind, orders }: FairnessKind,
  { within, together }: Pick<FairnessBurst, 'within' | 'together'>,
): string[] => [
  ...(within.length === orders ? [] : [`${kind}: ${orders} should have answered, not ${within.length}`]),
  ...within.flatMap(({ name, inversions: { inversions } }) =>
    inversions === 0 ? [] : [`${kind}: ${inThousands(inversions)} inversions within ${name}`],
  ),
  ...(together.afterAnswer === 0
    ? []
    : [`${kind}: ${inThousands(together.afterAnswer)} overtaken by a press that came after their answer`]),
]

const runKind = async (
  kind: FairnessKind,
  urls: readonly string[],
  { shoppers, stock, connections }: Size,
  dependencies: FairnessDependencies,
): Promise<FairnessBurst> => {
  const { now, monotonicNs } = dependencies
  const campaign = await prepareCampaign({ shoppers, stock }, dependencies)
  const sheet = createStampedSheet(campaign.sheet)
  const [originNs, originMs] = [monotonicNs(), now()]
  await pressOver(urls, kind, connections, campaign, sheet)
  const settled = await drainAndSettle(campaign, shoppers, dependencies)
  const toMs = (ns: bigint): number => originMs + Number(ns - originNs) / 1e6
  const compared = comparedPresses(settled, kind, stock, sheet, toMs)
  const within = [...Map.groupBy(compared, ({ order }) => order)].map(([name, presses]) => ({
    ...{ name, inversions: countInversions(presses) },
  }))
  const together = countInversions(compared)
  return {
    ...{ kind: kind.name, within, together, unfair: faultsOf(kind, { within, together }) },
    latency: summariseLatencies(compared.map(({ latencyMs }) => latencyMs)),
    undecided: shoppers - compared.length,
    checks: settled.checks,
    unknown: settled.unknown,
    verdict: settled.verdict,
  }
}

/**
 * Bursts of every kind, each with API processes and a campaign of its own. The bars: no inversion among
 * presses that keep their order, and nobody is overtaken by a press that arrived after their answer. So no
 * width is above what a press takes.
 */
export const runFairness = async (
  plan: FairnessPlan,
  dependencies: FairnessDependencies,
): Promise<FairnessResult> => {
  const { progress, withStampingApis } = dependencies
  const { rounds, warmUp, ...size } = plan
  const [warmUps, bursts]: [FairnessBurst[], FairnessBurst[]] = [[], []]
  for (let round = 1; round <= rounds; round += 1)
    for (const kind of fairnessKinds)
      await progress.step(
        () => `round ${round} of ${rounds}: ${kind.name}`,
        () =>
          withStampingApis(kind, async (urls) => {
            const small = { ...size, shoppers: warmUp, stock: warmUp }
            if (warmUp > 0) warmUps.push(await runKind(kind, urls, small, dependencies))
            bursts.push(await runKind(kind, urls, size, dependencies))
          }),
      )
  const isSound = ({ verdict, unfair }: FairnessBurst): boolean => verdict === 'pass' && unfair.length === 0
  // A warm-up is shown only when it broke something.
  const shown = [...warmUps.filter((one) => !isSound(one)), ...bursts]
  return {
    plan,
    bursts: shown,
    verdict: worstVerdict(shown.map(({ verdict }) => verdict)),
    unfair: shown.flatMap(({ unfair }) => unfair),
  }
}

import type { Check } from '../../coupon/audit/compare/check.ts'
import { Failure } from '../../platform/failure.ts'
import type { OverloadPlan } from '../arguments/overload.ts'
import { type Rush, type RushCounts, runRush } from '../generator/rush.ts'
import { rate } from '../measure/figures.ts'
import { type LatencySummary, summariseLatencies } from '../measure/latency.ts'
import { type ApiPeaks, watchApi } from '../measure/watch-api.ts'
import { inThousands } from '../report/numbers.ts'
import { type LoadVerdict, worstVerdict } from './load-verdict.ts'
import { prepareCampaign, type ScenarioDependencies } from './prepare.ts'
import { isGrant } from './press-answers.ts'
import { drainAndSettle } from './settle.ts'

/** A rush for a campaign with a coupon for everybody, so that all requests cost the same. */
type RushPlan = Omit<Rush, 'url' | 'requests' | 'now'> & { name: string; shoppers: number }

/** What one rush measured. */
export type RushFigures = Pick<RushCounts, 'people' | 'heldBack' | 'presses' | 'gaveUp'> & {
  /** From the first possible press until nobody pressed any longer. */
  grantsPerSecond: number
  pressesPerSecond: number
  /** A granted press: from sending it to its answer. */
  granted: LatencySummary | undefined
  /** A refused press. */
  refused: LatencySummary | undefined
  /** A person with a grant: from their arrival, over every refusal and repeat. */
  waited: LatencySummary | undefined
  /** People who asked or pressed again after the end. */
  followedUp: number
  faults: Record<string, number>
  checks: Check[]
  verdict: LoadVerdict
  /** Why the verdict is unknown; null when it is known. */
  unknown: string | null
}

export type OverloadResult = {
  plan: OverloadPlan
  verdict: LoadVerdict
  peak: RushFigures
  overload: RushFigures
  offeredPerSecond: number
  /** Grants a second under the overload, for each at the peak. */
  ratio: number
  api: ApiPeaks
}

export type OverloadDependencies = ScenarioDependencies & { metricsUrl: string }

const peakLimitMs = 120_000
// The request and answer of each are kept, a kilobyte together.
const shoppersMax = 500_000
const rushOnce = async (
  { name, ...plan }: RushPlan,
  dependencies: OverloadDependencies,
): Promise<RushFigures> => {
  const { url, now, progress } = dependencies
  const campaign = await progress.step(`${name}: creating ${inThousands(plan.shoppers)} shoppers`, () =>
    prepareCampaign({ shoppers: plan.shoppers, stock: plan.shoppers }, dependencies),
  )
  const { requests, sheet } = campaign
  const counts = await progress.step(
    () =>
      `${name}: ${inThousands(sheet.answeredCount())} answers, ${inThousands(sheet.grantedCount())} with a coupon`,
    () => runRush({ ...plan, url, requests, now }, sheet),
  )
  const { people, heldBack, presses, gaveUp, lastedMs } = counts
  const settled = await drainAndSettle(campaign, people, dependencies)
  const grantedMs = settled.firstAnswers.flatMap(({ answer, latencyMs }) =>
    latencyMs !== undefined && isGrant(answer) ? [latencyMs] : [],
  )
  return {
    people,
    heldBack,
    presses,
    gaveUp,
    grantsPerSecond: rate(counts.grants, 0, lastedMs),
    pressesPerSecond: rate(presses, 0, lastedMs),
    granted: summariseLatencies(grantedMs),
    refused: summariseLatencies(counts.refusalsMs),
    waited: summariseLatencies(counts.waitsMs),
    followedUp: settled.followedUp,
    faults: Object.fromEntries(sheet.faults()),
    checks: settled.checks,
    verdict: settled.verdict,
    unknown: settled.unknown,
  }
}

/**
 * Warms up, and measures the peak with few connections. Then many more people arrive than the API can serve,
 * over many more connections, and disconnect when they have waited too long. Rejects with `unavailable` when
 * nothing was granted at the peak.
 */
export const runOverload = async (
  plan: OverloadPlan,
  dependencies: OverloadDependencies,
): Promise<OverloadResult> => {
  const patienceMs = plan.patienceSeconds * 1_000
  const atOnce = (name: string, shoppers: number): RushPlan => ({
    name,
    shoppers,
    patienceMs,
    connections: Math.min(plan.peakConnections, shoppers),
    lastsMs: peakLimitMs,
  })
  const warmUp = plan.warmUp > 0 ? await rushOnce(atOnce('warm-up', plan.warmUp), dependencies) : undefined
  const peak = await rushOnce(atOnce('peak', plan.peakShoppers), dependencies)
  if (peak.grantsPerSecond === 0) throw new Failure('unavailable', 'the API granted nothing at the peak')
  const offeredPerSecond = plan.times * peak.grantsPerSecond
  const lastsMs = Math.min(plan.seconds, shoppersMax / offeredPerSecond) * 1_000
  const { result: overload, peaks } = await watchApi(dependencies.metricsUrl, () =>
    rushOnce(
      {
        name: 'overload',
        connections: plan.connections,
        patienceMs,
        lastsMs,
        shoppers: Math.ceil((offeredPerSecond * lastsMs) / 1_000),
        peoplePerSecond: offeredPerSecond,
      },
      dependencies,
    ),
  )
  return {
    plan,
    peak,
    overload,
    offeredPerSecond,
    api: peaks,
    ratio: overload.grantsPerSecond / peak.grantsPerSecond,
    verdict: worstVerdict([warmUp?.verdict ?? 'pass', peak.verdict, overload.verdict]),
  }
}

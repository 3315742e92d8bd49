import { type Check, overallVerdict, type Verdict } from '../../coupon/audit/compare/check.ts'
import { readMachineLimits } from '../../platform/process/machine-limits.ts'
import { Failure } from '../../platform/failure.ts'
import type { Rush } from '../generator/rush.ts'
import { type ApiPeaks, watchApi } from '../measure/watch-api.ts'
import { rate } from '../measure/figures.ts'
import { type LatencySummary, summariseLatencies } from '../measure/latency.ts'
import type { OverloadPlan } from '../arguments/overload.ts'
import { runRush } from '../generator/rush.ts'
import { prepare, type PrepareDependencies, settle } from './settle.ts'

/** One rush for a campaign that has a coupon for everybody, so that all that is served is alike. */
type RushPlan = Omit<Rush, 'url' | 'requests' | 'now'> & { name: string; shoppers: number }

/** What one rush measured. */
export type RushFigures = {
  people: number
  heldBack: number
  presses: number
  gaveUp: number
  /** Grants a second, from the first moment until nobody pressed any more. */
  grantsPerSecond: number
  pressesPerSecond: number
  /** A press that was granted: from sending it to its answer. */
  granted: LatencySummary | undefined
  /** A press that was refused. */
  refused: LatencySummary | undefined
  /** A person who was granted: from wanting a coupon, with every refusal and repeat. */
  waited: LatencySummary | undefined
  /** People who asked or pressed again after the end. */
  followedUp: number
  faults: Record<string, number>
  checks: Check[]
}

/** What an overload came to. */
export type OverloadResult = {
  plan: OverloadPlan
  verdict: Verdict
  peak: RushFigures
  overload: RushFigures
  offeredPerSecond: number
  /** Grants a second under the overload, for each at the peak. */
  ratio: number
  api: ApiPeaks
}

export type OverloadDependencies = PrepareDependencies & { metricsUrl: string }

const peakLimitMs = 120_000
// Their requests and answers are kept, a kilobyte each.
const shoppersMax = 500_000
// Servers, files and pipes of the generator itself.
const otherFiles = 200

/** Throws `refused`, saying what to do, when this process may not open so many connections. */
export const refuseTooFewFiles = async (connections: number): Promise<void> => {
  const { filesMax = Infinity } = await readMachineLimits()
  const needed = connections + otherFiles
  if (filesMax < needed)
    throw new Failure(
      'refused',
      `this process may have ${filesMax} files open, and ${connections} connections take ${needed}: ulimit -n ${needed} before the start, here and where the API is started, or --connections ${filesMax - otherFiles}`,
    )
}

const rushOnce = async (
  { name, ...plan }: RushPlan,
  dependencies: OverloadDependencies,
): Promise<RushFigures> => {
  const { url, now, progress } = dependencies
  progress.step(`${name}: ${plan.shoppers} shoppers, ${plan.connections} connections`)
  const { campaignId, shoppers, requests, sheet, drainFrom } = await prepare(
    { shoppers: plan.shoppers, stock: plan.shoppers },
    dependencies,
  )

  const counts = await progress.during(
    () => `${name}: ${sheet.answeredCount()} answers, ${sheet.grantedCount()} with a coupon`,
    () => runRush({ ...plan, url, requests, now }, sheet),
  )
  const drained = await drainFrom(sheet.grantedCount(), sheet.moments().lastGrantMs || now())
  const settled = await settle(
    { campaignId, shoppers, stock: plan.shoppers, pressed: counts.people, sheet, drained, drainFrom },
    dependencies,
  )
  const grantedMs = settled.answers.flatMap(({ answer: { meaning: told }, latencyMs }) =>
    latencyMs !== undefined && (told.kind === 'granted' || told.kind === 'confirming') ? [latencyMs] : [],
  )
  const { people, heldBack, presses, gaveUp, lastedMs } = counts
  return {
    ...{ people, heldBack, presses, gaveUp },
    grantsPerSecond: rate(counts.grants, 0, lastedMs),
    pressesPerSecond: rate(presses, 0, lastedMs),
    granted: summariseLatencies(grantedMs),
    refused: summariseLatencies(counts.refusalsMs),
    waited: summariseLatencies(counts.waitsMs),
    followedUp: settled.followedUp,
    faults: Object.fromEntries(sheet.faults()),
    checks: settled.checks,
  }
}

/**
 * Warms up, measures how much the API can do when few press at once, then has many more people come over many more connections than
 * it can serve, who hang up when they have waited too long. Rejects with `refused` when this process may not open the connections,
 * and with `unavailable` when nobody was granted anything at the peak.
 */
export const runOverload = async (
  plan: OverloadPlan,
  dependencies: OverloadDependencies,
): Promise<OverloadResult> => {
  const patienceMs = plan.patienceSeconds * 1_000
  const atOnce = (name: string, shoppers: number): RushPlan => ({
    ...{ name, shoppers, patienceMs },
    connections: Math.min(plan.peakConnections, shoppers),
    lastsMs: peakLimitMs,
  })
  const warmUp = plan.warmUp > 0 ? await rushOnce(atOnce('warming up', plan.warmUp), dependencies) : undefined
  const peak = await rushOnce(atOnce('the peak', plan.peakShoppers), dependencies)
  if (peak.grantsPerSecond === 0) throw new Failure('unavailable', 'the API granted nothing at the peak')
  const offeredPerSecond = plan.times * peak.grantsPerSecond
  const lastsMs = Math.min(plan.seconds, shoppersMax / offeredPerSecond) * 1_000
  const { result: overload, peaks } = await watchApi(dependencies.metricsUrl, () =>
    rushOnce(
      {
        ...{ name: 'overload', connections: plan.connections, patienceMs, lastsMs },
        shoppers: Math.ceil((offeredPerSecond * lastsMs) / 1_000),
        peoplePerSecond: offeredPerSecond,
      },
      dependencies,
    ),
  )
  return {
    ...{ plan, peak, overload, offeredPerSecond, api: peaks },
    ratio: overload.grantsPerSecond / peak.grantsPerSecond,
    verdict: overallVerdict([...(warmUp?.checks ?? []), ...peak.checks, ...overload.checks]),
  }
}

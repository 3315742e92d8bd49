import { setTimeout as wait } from 'node:timers/promises'
import type { Check } from '../../coupon/audit/compare/check.ts'
import { pressAll } from '../generator/press-all.ts'
import type { Drain } from '../ledger/drain.ts'
import { type BurstFigures, burstFigures, type OutcomeFigures, outcomeFigures } from '../measure/figures.ts'
import { startGeneratorShare } from '../measure/generator-share.ts'
import { microsecondsByProcess, type ProcessSeconds } from '../measure/process-seconds.ts'
import { type TimelinePoint, timelineOf } from '../measure/timeline.ts'
import { type RecoveringSummary, summariseRecovering } from '../people/recovering.ts'
import { inThousands } from '../report/numbers.ts'
import type { LoadVerdict } from './load-verdict.ts'
import { type LoadCampaign, prepareCampaign, type ScenarioDependencies } from './prepare.ts'
import { settle } from './settle.ts'

/** Shoppers who press once each, for a new campaign. */
export type BurstPlan = { name: 'warm-up' | 'burst'; shoppers: number; stock: number; connections: number }

export type BurstResult = {
  plan: BurstPlan
  campaignId: string
  verdict: LoadVerdict
  /** Why the verdict is unknown; null when it is known. */
  unknown: string | null
  checks: Check[]
  /** First answers, by outcome. */
  outcomes: OutcomeFigures[]
  figures: BurstFigures
  /** The part of the wave in which the generator was at work. Near 1 it, and not the API, was the limit. */
  generatorShare: number
  /** Microseconds of processor a coupon, by process: from the first press to the last row. */
  cpuMicroseconds?: ProcessSeconds
  /** Grants and rows from the first press to the last row. */
  timeline?: TimelinePoint[]
  /** How long the gate was recovering, as the answers show it; null when it never was. */
  recovering: RecoveringSummary | null
  /** Shoppers who asked or pressed again because their first answer was not final. */
  followedUp: number
  /** Shoppers who pressed once more after the end. */
  repeated: number
  /** Connection faults by error code. */
  faults: Record<string, number>
}

const grantedIntervalMs = 5
// Rows while people press, for the picture alone.
const sampleIntervalMs = 100

/** Runs the wave, and waits for the rows behind it. */
const pressAndDrain = async (
  plan: BurstPlan,
  { requests, sheet, waitForRows, sampleRows }: LoadCampaign,
  { url, api, progress, now }: ScenarioDependencies,
): Promise<{ drained: Drain; generatorShare: number }> => {
  let isPressed = false
  const measureShare = startGeneratorShare(now)
  let generatorShare = 0
  const wave = progress.step(
    () =>
      `${plan.name}: ${inThousands(sheet.answeredCount())} of ${inThousands(plan.shoppers)} answered, ` +
      `${inThousands(sheet.grantedCount())} with a coupon`,
    () => pressAll({ url, requests, connections: plan.connections, api }, sheet),
  )
  // The drain is timed from the last coupon, while losers are still being answered.
  const drain = async (): Promise<Drain> => {
    const grantable = Math.min(plan.stock, plan.shoppers)
    for (let sampledMs = 0; !isPressed && sheet.grantedCount() < grantable; ) {
      if (now() - sampledMs >= sampleIntervalMs) {
        sampledMs = now()
        await sampleRows()
      }
      await wait(grantedIntervalMs)
    }
    return waitForRows(sheet.grantedCount(), sheet.moments().lastGrantMs || now())
  }
  const [drained] = await Promise.all([
    drain(),
    wave.finally(() => {
      isPressed = true
      generatorShare = measureShare()
    }),
  ])
  return { drained, generatorShare }
}

/**
 * Runs one burst for a campaign of its own: the wave, the drain, what follows open answers, and the
 * comparison.
 */
export const runBurst = async (plan: BurstPlan, dependencies: ScenarioDependencies): Promise<BurstResult> => {
  const campaign = await dependencies.progress.step(
    `${plan.name}: creating ${inThousands(plan.shoppers)} shoppers and ${inThousands(plan.stock)} coupons`,
    () => prepareCampaign(plan, dependencies),
  )
  const { campaignId, sheet } = campaign
  const before = await dependencies.processSeconds?.()
  const { drained, generatorShare } = await pressAndDrain(plan, campaign, dependencies)
  const after = await dependencies.processSeconds?.()
  const moments = sheet.moments()
  const settled = await settle(campaign, { pressed: plan.shoppers, drained }, dependencies)
  const { checks, verdict, unknown, wave, total, followedUp, repeated } = settled
  const { latencies } = dependencies
  if (plan.name === 'burst')
    for (const { answer, latencyMs } of settled.firstAnswers)
      if (latencyMs !== undefined) latencies?.add(answer.outcome, latencyMs)
  const grantedAtMs = settled.firstAnswers.flatMap(({ answer, times }) =>
    answer.meaning.kind === 'granted' ? [times.answeredMs] : [],
  )
  return {
    plan,
    campaignId,
    verdict,
    unknown,
    checks,
    outcomes: outcomeFigures(settled.firstAnswers.map(({ answer, latencyMs }) => ({ answer, latencyMs }))),
    figures: burstFigures({ answers: sheet.answeredCount(), ...total, wave }, moments, drained.lastRowMs),
    generatorShare,
    ...(before === undefined || after === undefined
      ? {}
      : { cpuMicroseconds: microsecondsByProcess(before, after, wave.persisted) }),
    timeline: timelineOf(grantedAtMs, campaign.rowSamples, { ...moments, lastRowMs: drained.lastRowMs }),
    recovering: summariseRecovering(settled.history.gateObservations(), moments.firstPressMs),
    followedUp,
    repeated,
    faults: Object.fromEntries(sheet.faults()),
  }
}

import { setTimeout as wait } from 'node:timers/promises'
import { type Check, overallVerdict, type Verdict } from '../../coupon/audit/compare/check.ts'
import type { AnswerSheet } from '../generator/answer-sheet.ts'
import type { Drain } from '../ledger/drain.ts'
import { type BurstFigures, burstFigures, type OutcomeFigures, outcomeFigures } from '../measure/figures.ts'
import { pressAll } from '../generator/press-all.ts'
import { type RecoveringSummary, summariseRecovering } from '../people/recovering.ts'
import { prepare, type PrepareDependencies, settle } from './settle.ts'

/** What a burst presses, and how. */
export type BurstPlan = { shoppers: number; stock: number; connections: number }

/** What came of a burst. */
export type BurstResult = {
  plan: BurstPlan
  campaignId: string
  verdict: Verdict
  checks: Check[]
  /** First answers, by what they came to. */
  outcomes: OutcomeFigures[]
  figures: BurstFigures
  /** How long the gate was being brought back, as the answers tell; null when it never was. */
  recovering: RecoveringSummary | null
  /** Shoppers whose first answer left it open, and who asked or pressed again. */
  followedUp: number
  /** Shoppers who pressed once more after the end. */
  repeated: number
  /** Faults of connections, by what they said. */
  faults: Record<string, number>
}

const grantedIntervalMs = 5

/** The wave, and the ledger filling up behind it. */
const pressAndDrain = async (
  plan: BurstPlan,
  { url, api, progress, now }: PrepareDependencies,
  requests: readonly Buffer[],
  sheet: AnswerSheet,
  drainFrom: (expected: number, fromMs: number) => Promise<Drain>,
): Promise<Drain> => {
  let isPressed = false
  const wave = progress.during(
    () => `${sheet.answeredCount()} of ${plan.shoppers} answered, ${sheet.grantedCount()} with a coupon`,
    () => pressAll({ url, requests, connections: plan.connections, api }, sheet),
  )
  // The drain is timed from the last coupon, while others are still being told that it was the last.
  const drained = async (): Promise<Drain> => {
    const grantable = Math.min(plan.stock, plan.shoppers)
    while (!isPressed && sheet.grantedCount() < grantable) await wait(grantedIntervalMs)
    return drainFrom(sheet.grantedCount(), sheet.moments().lastGrantMs || now())
  }
  const [drain] = await Promise.all([
    drained(),
    wave.finally(() => {
      isPressed = true
    }),
  ])
  return drain
}

/** One campaign and all who press for it: the wave, the drain, what a shopper does about an open answer, and the comparison. */
export const runBurst = async (plan: BurstPlan, dependencies: PrepareDependencies): Promise<BurstResult> => {
  dependencies.progress.step(`creating a campaign of ${plan.stock} coupons, and ${plan.shoppers} shoppers`)
  const { campaignId, shoppers, requests, sheet, drainFrom } = await prepare(plan, dependencies)

  const drainOfWave = await pressAndDrain(plan, dependencies, requests, sheet, drainFrom)
  const moments = sheet.moments()
  const settlement = await settle(
    {
      campaignId,
      shoppers,
      stock: plan.stock,
      pressed: plan.shoppers,
      sheet,
      drained: drainOfWave,
      drainFrom,
    },
    dependencies,
  )
  const { answers, book, checks, wave, accepted, rows } = settlement
  return {
    plan,
    campaignId,
    checks,
    followedUp: settlement.followedUp,
    repeated: settlement.repeated,
    verdict: overallVerdict(checks),
    outcomes: outcomeFigures(answers),
    recovering: summariseRecovering(book.gateObservations(), moments.firstPressMs),
    figures: burstFigures(
      { answers: sheet.answeredCount(), accepted, persisted: rows, wave },
      moments,
      drainOfWave.lastRowMs,
    ),
    faults: Object.fromEntries(sheet.faults()),
  }
}

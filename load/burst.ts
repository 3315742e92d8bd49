import { setTimeout as wait } from 'node:timers/promises'
import { type Check, overallVerdict, type Verdict } from '../coupon/books/check.ts'
import { type Comparison, createComparison } from '../coupon/books/comparison.ts'
import { type Answer, type Moment, readIssue, unanswered } from './answer.ts'
import { type AnswerSheet, createAnswerSheet } from './answer-sheet.ts'
import type { ApiClient } from './api-client.ts'
import { type ClientsBook, createClientsBook } from './clients-book.ts'
import { type Drain, waitForDrain } from './drain.ts'
import { type BurstFigures, burstFigures, type OutcomeFigures, outcomeFigures } from './figures.ts'
import { followUp, pressAgain } from './follow-up.ts'
import { writeHistory } from './history.ts'
import type { LedgerReader } from './ledger-reader.ts'
import { type LedgerLag, waitForLag } from './ledger-lag.ts'
import { pressAll } from './press.ts'
import type { Progress } from './progress.ts'
import { type Recovering, recoveringOf } from './recovering.ts'
import { createShoppers, type Shoppers } from './shoppers.ts'

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
  recovering: Recovering | null
  /** Shoppers whose first answer left it open, and who asked or pressed again. */
  followedUp: number
  /** Shoppers who pressed once more after the end. */
  repeated: number
  /** Faults of connections, by what they said. */
  faults: Record<string, number>
}

export type BurstDependencies = {
  url: string
  api: ApiClient
  ledger: LedgerReader
  lag: LedgerLag
  sign(userId: string, lifetimeSeconds: number): string
  /** A clock in fractional milliseconds. */
  now(): number
  progress: Progress
  /** No new row for this long: then none will come. */
  stallMs: number
  /** Where every answer goes, when it is to be kept. */
  history?: string
}

const drainLimitMs = 120_000
const grantedIntervalMs = 5
// Longer than a gate with a million grants may take to be armed again.
const followUpBounds = { waitMaxMs: 5_000, limitMs: 90_000 }
// Enough to see a wrong answer to a repeat, few enough not to be a second burst.
const repeatsMax = 400
const lagLimitMs = 15_000

type FirstAnswer = { answer: Answer; latencyMs: number | undefined; moment: Moment }

/** Whoever has no answer by `nowMs` has none. */
const firstAnswers = (sheet: AnswerSheet, shoppers: number, nowMs: number): FirstAnswer[] =>
  Array.from({ length: shoppers }, (_, shopper) => {
    const raw = sheet.read(shopper)
    if (raw === undefined)
      return { answer: unanswered, latencyMs: undefined, moment: { sentMs: nowMs, answeredMs: nowMs } }
    const { latencyMs, answeredMs } = raw
    return {
      answer: readIssue(raw.status, raw.body, raw.retryAfter),
      latencyMs,
      moment: { sentMs: answeredMs - latencyMs, answeredMs },
    }
  })

/** Feeds the comparison with what the clients were told and what the ledger holds. */
const compareBooks = async (
  book: ClientsBook,
  shoppers: Shoppers,
  eachRow: (onRow: Comparison['row']) => Promise<void>,
  options: { stock: number; isLedgerComplete: boolean },
): Promise<Check[]> => {
  // Everybody who pressed, and as many again that nobody knows.
  const comparison = createComparison({ ...options, identitiesMax: 2 * shoppers.count + 1_000 })
  book.tell(comparison, shoppers.userId)
  await eachRow(comparison.row)
  return comparison.finish()
}

/** The wave, and the ledger filling up behind it. */
const pressAndDrain = async (
  plan: BurstPlan,
  { url, api, progress, now }: BurstDependencies,
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
export const runBurst = async (plan: BurstPlan, dependencies: BurstDependencies): Promise<BurstResult> => {
  const { api, ledger, lag, now, progress } = dependencies
  progress.step(`creating a campaign of ${plan.stock} coupons, and ${plan.shoppers} shoppers`)
  const campaignId = await api.createCampaign('Load run', plan.stock)
  const shoppers = createShoppers({
    count: plan.shoppers,
    prefix: `load-${campaignId.slice(-8)}`,
    sign: dependencies.sign,
  })
  const requests = shoppers.presses(dependencies.url, campaignId)
  const sheet = createAnswerSheet(plan.shoppers, now)
  const count = (): Promise<number> => ledger.count(campaignId)
  const drainFrom = (expected: number, fromMs: number): Promise<Drain> =>
    waitForDrain({ count, lag, expected, fromMs, now, stallMs: dependencies.stallMs, limitMs: drainLimitMs })
  // Opens the connection that the drain is timed on.
  await count()

  const drainOfWave = await pressAndDrain(plan, dependencies, requests, sheet, drainFrom)
  const moments = sheet.moments()
  const book = createClientsBook()
  const answers = firstAnswers(sheet, plan.shoppers, now())
  for (const [shopper, { answer, moment }] of answers.entries()) book.add(shopper, answer, moment)
  const wave = { accepted: book.winners(), persisted: drainOfWave.rows }

  progress.step('following up on open answers')
  const asking = { api, campaignId, tokenOf: shoppers.token, now }
  const followedUp = await followUp(book, { ...asking, ...followUpBounds })
  const drain = book.winners() > wave.accepted ? await drainFrom(book.winners(), now()) : drainOfWave
  const accepted = book.winners()
  const repeated = await pressAgain(book, plan.shoppers, { ...asking, repeatsMax })

  if (dependencies.history !== undefined)
    await writeHistory(dependencies.history, campaignId, book, shoppers.userId)

  progress.step('comparing the books')
  // Also rows that nobody waits for, more than were told, are there by then.
  const isLagGone = await waitForLag(lag, lagLimitMs)
  const checks = await compareBooks(book, shoppers, (onRow) => ledger.eachRow(campaignId, onRow), {
    stock: plan.stock,
    isLedgerComplete: isLagGone ?? drain.isComplete,
  })
  progress.end()
  return {
    plan,
    campaignId,
    checks,
    followedUp,
    repeated,
    verdict: overallVerdict(checks),
    outcomes: outcomeFigures(answers),
    recovering: recoveringOf(book.heard(), moments.firstPressMs),
    figures: burstFigures(
      { answers: sheet.answeredCount(), accepted, persisted: drain.rows, wave },
      moments,
      drainOfWave.lastRowMs,
    ),
    faults: Object.fromEntries(sheet.faults()),
  }
}

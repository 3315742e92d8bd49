import { setTimeout as wait } from 'node:timers/promises'
import { type Check, overallVerdict, type Verdict } from '../coupon/books/check.ts'
import { createComparison } from '../coupon/books/comparison.ts'
import type { Told } from '../coupon/books/identity.ts'
import { type Answer, readIssue, unanswered } from './answer.ts'
import { type AnswerSheet, createAnswerSheet } from './answer-sheet.ts'
import type { ApiClient } from './api-client.ts'
import { type Drain, waitForDrain } from './drain.ts'
import { type BurstFigures, burstFigures, type OutcomeFigures, outcomeFigures } from './figures.ts'
import { followUp } from './follow-up.ts'
import type { LedgerReader } from './ledger-reader.ts'
import { pressAll } from './press.ts'
import type { Progress } from './progress.ts'
import { createShoppers, type Shoppers } from './shoppers.ts'

export type BurstPlan = { shoppers: number; stock: number; connections: number }

export type BurstResult = {
  plan: BurstPlan
  campaignId: string
  verdict: Verdict
  checks: Check[]
  /** First answers, by what they came to. */
  outcomes: OutcomeFigures[]
  figures: BurstFigures
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
  sign(userId: string, lifetimeSeconds: number): string
  /** A clock in fractional milliseconds. */
  now(): number
  progress: Progress
  /** No new row for this long: then none will come. */
  stallMs: number
}

const slot = 1
const drainLimitMs = 120_000
const followUpRoundsMax = 60
const followUpConcurrency = 64
const retryAfterMaxMs = 5_000
// Enough to see a wrong answer to a repeat, few enough not to be a second burst.
const repeatsMax = 400
// Rows that nobody waits for (more than were told) would have arrived by then.
const settleMs = 300

/** What each shopper was told, answer by answer. */
type ClientsBook = { shopper: number; told: Told }[]

/** One campaign and all who press for it: the wave, the drain, what a shopper does about an open answer, and the comparison. */
export const runBurst = async (plan: BurstPlan, with_: BurstDependencies): Promise<BurstResult> => {
  const { api, ledger, now, progress } = with_
  progress.step(`creating a campaign of ${plan.stock} coupons and ${plan.shoppers} shoppers`)
  const campaignId = await api.createCampaign('Load run', plan.stock)
  const shoppers = createShoppers({ count: plan.shoppers, prefix: campaignId, sign: with_.sign })
  const requests = shoppers.presses(with_.url, campaignId)
  const sheet = createAnswerSheet(plan.shoppers, now)
  const count = (): Promise<number> => ledger.count(campaignId)
  // Opens the connection that the drain is timed on.
  await count()

  const wave = progress.during(
    () => `${sheet.answeredCount()} of ${plan.shoppers} answered, ${sheet.grantedCount()} with a coupon`,
    () => pressAll({ url: with_.url, requests, connections: plan.connections, api }, sheet),
  )
  const drainFrom = (expected: number, fromMs: number): Promise<Drain> =>
    waitForDrain({ count, expected, fromMs, stallMs: with_.stallMs, limitMs: drainLimitMs, now })
  // The drain is timed from the last coupon, also while people are still being told that it was the last.
  const allGrantable = Math.min(plan.stock, plan.shoppers)
  await Promise.race([wave, until(() => sheet.grantedCount() >= allGrantable)])
  progress.step('waiting for the ledger')
  let drain = await drainFrom(sheet.grantedCount(), sheet.moments().lastGrantMs)
  await wave

  const { book, first, open } = readSheet(sheet, shoppers)
  const moments = sheet.moments()
  if (open.length > 0) {
    progress.step(`${open.length} shoppers ask what came of their press`)
    await followUp({
      ...{ api, campaignId, open, concurrency: followUpConcurrency },
      ...{ roundsMax: followUpRoundsMax, waitMaxMs: retryAfterMaxMs },
      onAnswer(shopper, answer) {
        book.push({ shopper, told: answer.told })
        moments.lastAnswerMs = now()
        if (answer.told.kind === 'granted') moments.lastGrantMs = now()
      },
    })
    drain = await drainFrom(acceptedIn(book), moments.lastGrantMs)
  }
  return {}
}

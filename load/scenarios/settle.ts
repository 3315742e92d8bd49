import type { Check } from '../../coupon/audit/compare/check.ts'
import { type ClientFacts, compareClients } from '../../coupon/audit/compare/compare-clients.ts'
import { createSourceTables } from '../../coupon/audit/compare/source-tables.ts'
import { type Answer, type AnswerTimes, readIssue, unanswered } from '../people/answer.ts'
import { type AnswerSheet, createAnswerSheet } from '../generator/answer-sheet.ts'
import type { ApiClient } from '../people/api-client.ts'
import { type AnswerHistory, createAnswerHistory } from '../people/answer-history.ts'
import { type Drain, waitForDrain } from '../ledger/drain.ts'
import type { CouponCounts } from '../measure/figures.ts'
import { followUp, pressAgain } from '../people/follow-up.ts'
import { writeHistory } from '../people/write-history.ts'
import { type DrainLag, waitForLag } from '../ledger/drain-lag.ts'
import type { LedgerReader } from '../ledger/ledger-reader.ts'
import type { Progress } from '../progress.ts'
import { createShoppers, type Shoppers } from '../people/shoppers.ts'

export type SettleDependencies = {
  api: ApiClient
  ledger: LedgerReader
  lag: DrainLag
  /** A clock in fractional milliseconds. */
  now(): number
  progress: Progress
  /** No new row for this long: then none will come. */
  stallMs: number
  /** Where every answer goes, when it is to be kept. */
  history?: string
}

export type PrepareDependencies = SettleDependencies & {
  /** Origin of the API. */
  url: string
  sign(userId: string, lifetimeSeconds: number): string
}

/** A new campaign, those who will press for it, their presses, and where the answers go. */
export type Prepared = {
  campaignId: string
  shoppers: Shoppers
  requests: readonly Buffer[]
  sheet: AnswerSheet
  drainFrom: DrainFrom
}

/** Waits for this many rows; `fromMs` is the moment of the last grant. */
type DrainFrom = (expected: number, fromMs: number) => Promise<Drain>

/** People who pressed, and what the ledger had when it had filled up behind them. */
export type Pressed = {
  campaignId: string
  shoppers: Shoppers
  stock: number
  /** The first so many pressed. */
  pressed: number
  /** The last answer of each. */
  sheet: AnswerSheet
  drained: Drain
  drainFrom: DrainFrom
}

export type FirstAnswer = { answer: Answer; latencyMs: number | undefined; moment: AnswerTimes }

/** What came of it in the end. `wave` is what it was before anybody asked again. */
export type Settlement = {
  answers: FirstAnswer[]
  book: AnswerHistory
  wave: CouponCounts
  accepted: number
  rows: number
  followedUp: number
  repeated: number
  checks: Check[]
}

const drainLimitMs = 120_000
// Longer than a gate with a million grants may take to be armed again.
const followUpBounds = { waitMaxMs: 5_000, limitMs: 90_000 }
// Enough to see a wrong answer to a repeat, few enough not to be a second burst.
const repeatsMax = 400
const lagLimitMs = 15_000

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

/** Compares the answers to the shoppers with the rows of the ledger. */
const compareAnswers = async (
  history: AnswerHistory,
  { shoppers, campaignId, ...facts }: ClientFacts & { shoppers: Shoppers },
  ledger: LedgerReader,
): Promise<Check[]> => {
  const sources = createSourceTables()
  try {
    for (const entry of history.entries(shoppers.userId)) sources.addAnswer(entry)
    await ledger.eachRow(campaignId, sources.addRow)
    return compareClients(sources, { campaignId, ...facts })
  } finally {
    sources.close()
  }
}

/** Waits for the rows of a campaign. */
const createDrain =
  ({ ledger, lag, now, stallMs }: SettleDependencies, campaignId: string): DrainFrom =>
  (expected, fromMs) => {
    const count = (): Promise<number> => ledger.count(campaignId)
    return waitForDrain({ count, lag, expected, fromMs, now, stallMs, limitMs: drainLimitMs })
  }

/** Makes a campaign and as many shoppers. */
export const prepare = async (
  { shoppers: count, stock }: { shoppers: number; stock: number },
  dependencies: PrepareDependencies,
): Promise<Prepared> => {
  const { url, api, ledger, now, sign } = dependencies
  const campaignId = await api.createCampaign({ name: 'Load run', stock })
  const shoppers = createShoppers({ count, prefix: `load-${campaignId.slice(-8)}`, sign })
  const requests = shoppers.presses(url, campaignId)
  const sheet = createAnswerSheet(count, now)
  // Opens the connection that the drain is timed on.
  await ledger.count(campaignId)
  return { campaignId, shoppers, requests, sheet, drainFrom: createDrain(dependencies, campaignId) }
}

/** What shoppers do about an open answer, a few who press once more, and the comparison of the books. */
export const settle = async (wave: Pressed, dependencies: SettleDependencies): Promise<Settlement> => {
  const { campaignId, shoppers, drained, drainFrom } = wave
  const { api, ledger, lag, now, progress } = dependencies
  const book = createAnswerHistory()
  const answers = firstAnswers(wave.sheet, wave.pressed, now())
  for (const [shopper, { answer, moment }] of answers.entries()) book.add(shopper, answer, moment)
  const counts = { accepted: book.winnerCount(), persisted: drained.rows }

  progress.step('following up on open answers')
  const asking = { api, campaignId, tokenOf: shoppers.token, now }
  const followedUp = await followUp(book, { ...asking, ...followUpBounds })
  const { rows, isComplete } =
    book.winnerCount() > counts.accepted ? await drainFrom(book.winnerCount(), now()) : drained
  const accepted = book.winnerCount()
  const repeated = await pressAgain(book, wave.pressed, { ...asking, repeatsMax })

  if (dependencies.history !== undefined)
    await writeHistory(dependencies.history, campaignId, book, shoppers.userId)

  progress.step('comparing answers and ledger')
  // Also rows that nobody waits for, more than were told, are there by then.
  const isLagGone = await waitForLag(lag, lagLimitMs)
  const facts = { campaignId, stock: wave.stock, isLedgerComplete: isLagGone ?? isComplete }
  const checks = await compareAnswers(book, { ...facts, shoppers }, ledger)
  progress.end()
  return { answers, book, wave: counts, accepted, rows, followedUp, repeated, checks }
}

import type { ProgressDisplay } from '../../platform/progress-display.ts'
import { type AnswerSheet, createAnswerSheet } from '../generator/answer-sheet.ts'
import { type Drain, waitForDrain } from '../ledger/drain.ts'
import type { DrainLag } from '../ledger/drain-lag.ts'
import type { LedgerReader } from '../ledger/ledger-reader.ts'
import type { LatencyLog } from '../measure/latency-log.ts'
import type { ProcessSeconds } from '../measure/process-seconds.ts'
import type { RowSample } from '../measure/timeline.ts'
import type { ApiClient } from '../people/api-client.ts'
import { createShoppers, type Shoppers } from '../people/shoppers.ts'
import { valueOrReason } from './value-or-reason.ts'

export type ScenarioDependencies = {
  /** Origin of the API. */
  url: string
  api: ApiClient
  ledger: LedgerReader
  lag: DrainLag
  sign(userId: string, lifetimeSeconds: number): string
  /** A clock in fractional milliseconds. */
  now(): number
  progress: ProgressDisplay
  /** After this long without a new row none will come. */
  stallMs: number
  /** The file for every answer, when they are to be kept. */
  history?: string
  /** Receives every latency of a measured burst. */
  latencies?: LatencyLog
  /** Seconds that the processes of the system have spent so far. */
  processSeconds?(): Promise<ProcessSeconds>
}

/** A new campaign, and shoppers who are ready to press for it. */
export type LoadCampaign = {
  campaignId: string
  stock: number
  shoppers: Shoppers
  /** The complete press of each shopper. */
  requests: readonly Buffer[]
  sheet: AnswerSheet
  /** The rows that were seen, in the order of time. */
  rowSamples: readonly RowSample[]
  /** Takes a sample of the rows while people press. Without an answer of the ledger there is none. */
  sampleRows(): Promise<void>
  /**
   * Waits until the ledger has this many rows; `fromMs` is the moment of the last grant. A ledger that does
   * not answer is not complete.
   */
  waitForRows(expected: number, fromMs: number): Promise<Drain>
}

const drainLimitMs = 120_000

/** Creates a campaign and its shoppers. */
export const prepareCampaign = async (
  { shoppers: count, stock }: { shoppers: number; stock: number },
  { url, api, ledger, lag, now, sign, stallMs }: ScenarioDependencies,
): Promise<LoadCampaign> => {
  const campaignId = await api.createCampaign({ name: 'Load run', stock })
  const shoppers = createShoppers({ count, prefix: `load-${campaignId.slice(-8)}`, sign })
  let rows = 0
  const rowSamples: RowSample[] = []
  const sample = (seen: number): void => void rowSamples.push({ atMs: now(), rows: seen })
  const countRows = async (): Promise<number> => {
    rows = await ledger.count(campaignId)
    sample(rows)
    return rows
  }
  // Opens the database connection before the drain is timed.
  await countRows()
  const recordedBefore = (await valueOrReason(ledger.recorded())).value
  return {
    campaignId,
    stock,
    shoppers,
    requests: shoppers.presses(url, campaignId),
    sheet: createAnswerSheet(count, now),
    rowSamples,
    async sampleRows() {
      const recorded = (await valueOrReason(ledger.recorded())).value
      if (recorded === undefined || recordedBefore === undefined) return
      // Others may write too.
      sample(Math.min(recorded - recordedBefore, stock))
    },
    async waitForRows(expected, fromMs) {
      const limits = { stallMs, limitMs: drainLimitMs }
      const waiting = waitForDrain({ count: countRows, lag, expected, fromMs, now, ...limits })
      return (await valueOrReason(waiting)).value ?? { rows, lastRowMs: now(), isComplete: false }
    },
  }
}

import type { Check } from './check.ts'
import { createPromiseTallies, type PromiseTallies } from './check-tallies.ts'
import { createRankSet, type RankSet } from './rank-set.ts'
import { type ClientAnswer, describeCoupon } from './source-entries.ts'
import type { SourceTables } from './source-tables.ts'
import { type AnswerReach, checkUserSlot, type UserSlot } from './user-slot.ts'

export type ClientFacts = {
  campaignId: string
  stock: number
  /**
   * Whether the ledger has a row for every record in the log. If not, a missing row is in flight, not lost.
   */
  isLedgerComplete: boolean
}

/** Rows, then answers in the order in which they were given, of one user and slot after the other. */
const byUserAndSlot = `
  SELECT user_id, slot, 0 AS at, NULL AS answer, coupon_id, rank, epoch FROM copies WHERE source = 'ledger'
  UNION ALL
  SELECT user_id, slot, at, answer, NULL, NULL, NULL FROM answers
  ORDER BY user_id, slot, at`

const readUserSlots = function* (sources: SourceTables, campaignId: string): Generator<UserSlot> {
  let [read, readSlot]: [UserSlot | undefined, number] = [undefined, 0]
  for (const [user, slotNumber, , answer, couponId, rank, epoch] of sources.query(byUserAndSlot)) {
    const [userId, slot] = [String(user), Number(slotNumber)]
    if (read === undefined || read.userId !== userId || readSlot !== slot) {
      if (read !== undefined) yield read
      ;[read, readSlot] = [{ userId, rows: [], answers: [] }, slot]
    }
    if (answer !== null) read.answers.push(JSON.parse(String(answer)) as ClientAnswer)
    else {
      const ranked = { rank: Number(rank), epoch: Number(epoch) }
      read.rows.push({ couponId: String(couponId), campaignId, userId, slot, ...ranked })
    }
  }
  if (read !== undefined) yield read
}

/** Checks what no user shows alone: the number of rows, and their ranks. */
const checkTotals = (
  { rows, ranks, reached }: { rows: number; ranks: RankSet; reached: Readonly<Record<AnswerReach, number>> },
  { stock, isLedgerComplete }: ClientFacts,
  tallies: PromiseTallies,
): void => {
  const { noOversell, ranksWithoutGap, nothingStranded } = tallies
  // Each of these may hold a rank, and a unit of the stock, whose row has not arrived.
  const inFlight = isLedgerComplete ? reached.pending + reached.open : stock
  const decided = reached.decided + reached.pending
  const due = Math.min(stock, decided)
  noOversell.looked(rows)
  if (rows > stock) noOversell.broken(() => `${rows} rows for a stock of ${stock}`, rows - stock)

  ranksWithoutGap.looked(rows)
  const missing = ranks.gapCount() > inFlight ? 'broken' : 'inFlight'
  for (const rank of ranks.gaps()) ranksWithoutGap[missing](() => `rank ${rank} has no row`)

  nothingStranded.looked(due)
  const example = (): string => `${rows} rows, though the gate decided ${decided} for a stock of ${stock}`
  if (due - rows > inFlight) nothingStranded.broken(example, due - rows)
  else if (rows < due) nothingStranded.inFlight(example, due - rows)
  else if (rows < Math.min(stock, decided + reached.open))
    nothingStranded.inFlight(() => `${reached.open} who pressed have no answer yet`, reached.open)
}

/**
 * Compares what the clients were answered with the rows of the ledger, once both are in `sources`. A check
 * per promise.
 */
export const compareClients = (sources: SourceTables, facts: ClientFacts): Check[] => {
  const tallies = createPromiseTallies()
  const ranks = createRankSet()
  const reached = { decided: 0, pending: 0, open: 0, noClaim: 0 }
  for (const userSlot of readUserSlots(sources, facts.campaignId)) {
    for (const row of userSlot.rows)
      if (ranks.add(row.rank) !== 'new')
        tallies.ranksWithoutGap.broken(() => `taken already, or no rank at all: ${describeCoupon(row)}`)
    reached[checkUserSlot(userSlot, tallies, facts.isLedgerComplete)] += 1
  }
  checkTotals({ rows: sources.counts().rows, ranks, reached }, facts, tallies)
  return Object.values(tallies).map((tally) => tally.check())
}

import type { FaultTallies } from './check-tallies.ts'
import type { CheckTally } from './check-tally.ts'
import { type CopyFacts, findInCopies, rankOfCopies } from './coupon-findings.ts'
import { createRankSet, type RankSet } from './rank-set.ts'
import type { SourceTables } from './source-tables.ts'

/** What the comparison of the copies knows beside its tallies. */
export type ComparedCopies = {
  /** Every rank that a source gives to a coupon. */
  grantedRanks(): RankSet
  /** The ranks of the gate's winners. */
  winnerRanks(): RankSet
  /**
   * Rows that no other source can confirm: the log no longer has their records, and there is no gate to ask.
   */
  unconfirmed: number
  /** Grants that the ledger rejects as late: their records lie beyond the end of their epoch. */
  late: number
}

const coupon = 'coupon_text(coupon_id, user_id, slot, rank)'
const withFinding = (finding: string, text = coupon): string =>
  `SELECT ${text}, 1 FROM coupons WHERE finding = '${finding}'`

const several = (finding: string): string => `
  SELECT user_id || ': ' || group_concat(${coupon}, ' and '), count(*) - 1
  FROM coupons WHERE finding = '${finding}' GROUP BY user_id, slot`

const wrongRanks = `
  SELECT coupon_text(coupon_id, user_id, slot, ${rankOfCopies}) || ': ' || group_concat(
    iif(source = 'gate',
      'the gate has rank ' || rank,
      'the ' || source || ' rank ' || rank || ' of epoch ' || epoch),
    ', ' ORDER BY source), 1
  FROM copies
  WHERE (user_id, slot, coupon_id) IN (
    SELECT user_id, slot, coupon_id FROM coupons WHERE finding = 'wrong-rank'
  )
  GROUP BY user_id, slot, coupon_id`

const wrongUsers = `
  SELECT 'coupon ' || coupon_id || ': ' || group_concat(user_id || ', slot ' || slot, ' and '), 1
  FROM coupons WHERE finding = 'wrong-user' GROUP BY coupon_id`

const equalRows = `
  SELECT user_id || ' has ' || row_count || ' equal rows', 1
  FROM coupons WHERE row_count > 1 AND finding IS NOT 'wrong-coupon' AND finding IS NOT 'doubled'`

const isOnlyCoupon = "(finding IS NULL OR finding IN ('not-recorded', 'in-outbox', 'unconfirmed'))"
const sharedRanks = `
  SELECT 'rank ' || rank || ' has ' || group_concat(${coupon}, ' and '), count(*) - 1
  FROM coupons WHERE ${isOnlyCoupon} AND rank IN (
    SELECT rank FROM coupons WHERE ${isOnlyCoupon} GROUP BY rank HAVING count(*) > 1
  ) GROUP BY rank`

/** The query of each fault, and of what is in flight: an example and how many it stands for. */
const reports = (tallies: FaultTallies, highestStock: number): [CheckTally['broken'], string][] => [
  [tallies.rowMissing.broken, withFinding('row-missing')],
  [tallies.rowMissing.inFlight, withFinding('not-recorded', `'not recorded yet: ' || ${coupon}`)],
  [tallies.recordMissing.broken, withFinding('record-missing')],
  [tallies.onlyInGate.broken, withFinding('only-in-gate')],
  [tallies.onlyInGate.inFlight, withFinding('in-outbox', `'in the outbox: ' || ${coupon}`)],
  [tallies.wrongUser.broken, wrongUsers],
  [tallies.wrongRank.broken, wrongRanks],
  [tallies.wrongCoupon.broken, several('wrong-coupon')],
  [tallies.extraRow.broken, withFinding('extra-row')],
  [
    tallies.rankAboveStock.broken,
    withFinding('rank-above-stock', `${coupon} || ': rank ' || rank_high || ' of ${highestStock}'`),
  ],
  [tallies.doubled.broken, several('doubled')],
  [tallies.doubled.broken, equalRows],
  [tallies.doubled.broken, sharedRanks],
  [tallies.onlyInLog.broken, withFinding('only-in-log')],
  [tallies.gateBehind.broken, withFinding('gate-behind')],
]

const countLooked = (sources: SourceTables, tallies: FaultTallies): void => {
  const { rows, records, winners } = sources.counts()
  for (const tally of [tallies.rowMissing, tallies.onlyInLog]) tally.looked(records)
  for (const tally of [tallies.recordMissing, tallies.extraRow, tallies.gateBehind, tallies.oversold])
    tally.looked(rows)
  tallies.onlyInGate.looked(winners)
  const { wrongUser, wrongRank, wrongCoupon, rankAboveStock, doubled } = tallies
  for (const tally of [wrongUser, wrongRank, wrongCoupon, rankAboveStock, doubled])
    tally.looked(Math.max(rows, records, winners))
}

/**
 * Compares the copies of each coupon: the gate's winner, the log's record and the ledger's row. All have to
 * be in `sources`. The result reads `sources` when it is asked for ranks.
 */
export const compareCopies = (
  sources: SourceTables,
  facts: CopyFacts,
  tallies: FaultTallies,
): ComparedCopies => {
  const { highestStock } = facts
  const late = findInCopies(sources, facts)
  for (const [add, sql] of reports(tallies, highestStock))
    for (const [example, count] of sources.query(sql)) add(() => String(example), Number(count))
  countLooked(sources, tallies)
  const { rows } = sources.counts()
  if (rows > highestStock)
    tallies.oversold.broken(() => `${rows} rows for a stock of ${highestStock}`, rows - highestStock)

  const [[unconfirmed] = []] = sources.query("SELECT count(*) FROM coupons WHERE finding = 'unconfirmed'")
  const ranksOf = (sql: string): RankSet => {
    const ranks = createRankSet()
    for (const [rank] of sources.query(sql)) ranks.add(Number(rank))
    return ranks
  }
  return {
    grantedRanks: () => ranksOf("SELECT rank FROM coupons WHERE finding IS NOT 'not-compared'"),
    winnerRanks: () => ranksOf("SELECT rank FROM copies WHERE source = 'gate'"),
    unconfirmed: Number(unconfirmed),
    late,
  }
}

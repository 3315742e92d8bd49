import type { SourceTables } from './source-tables.ts'

/** What has to be known before the copies of a coupon in gate, log and ledger can be compared. */
export type CopyFacts = {
  /** No rank may lie above it. */
  highestStock: number
  /**
   * Whether the gate was read as a whole. If not, what is missing in the gate, or only there, proves nothing.
   */
  isGateCompared: boolean
  /** Whether the log still has the beginning of the campaign. */
  isLogWhole: boolean
}

/**
 * A row per coupon and owner, merged from its copies. `finding` is null for a sound coupon, a fault, or one
 * of these:
 * - `not-recorded`: a record beyond the ledger's position, without a row. In flight.
 * - `in-outbox`: a winner without a record. In flight.
 * - `unconfirmed`: a row of which the log no longer has the record, without a gate to ask.
 * - `not-compared`: only a gate has it that is not compared.
 */
const table = `
  CREATE TABLE coupons (
    user_id TEXT, slot INTEGER, coupon_id TEXT,
    rank INTEGER, rank_high INTEGER, row_count INTEGER, finding TEXT,
    PRIMARY KEY (user_id, slot, coupon_id)
  ) WITHOUT ROWID`

/** The rank of a coupon whose copies may disagree: that of the log, else of the ledger, else of the gate. */
export const rankOfCopies = `coalesce(
  min(rank) FILTER (WHERE source = 'log'), min(rank) FILTER (WHERE source = 'ledger'), min(rank))`

/**
 * Late records without a row of their epoch. They are left out: the ledger rejects them as dead letters, and
 * their rank may be somebody else's by now. Their owner may have won again since.
 */
const leaveOutLate = `
  DELETE FROM copies WHERE source = 'log' AND is_late AND (coupon_id, epoch) NOT IN (
    SELECT coupon_id, epoch FROM copies WHERE source = 'ledger'
  )`

/** Grants whose records are all late, without a row. */
const countLate = `
  SELECT count(DISTINCT coupon_id) FROM copies WHERE source = 'log' AND is_late AND (coupon_id, epoch) NOT IN (
    SELECT coupon_id, epoch FROM copies WHERE source = 'ledger' OR NOT is_late
  )`

/** A late record does not count beside one that is not late. */
const fill = `
  INSERT INTO coupons
  WITH merged AS (
    SELECT user_id, slot, coupon_id, ${rankOfCopies} AS rank,
      count(*) FILTER (WHERE source = 'ledger') AS row_count,
      count(*) FILTER (WHERE source = 'log') AS record_count,
      count(*) FILTER (WHERE source = 'gate') AS winner_count,
      min(rank) AS rank_low, max(rank) AS rank_high, min(epoch) AS epoch_low, max(epoch) AS epoch_high,
      min(is_late) AS is_late,
      coalesce(max(is_passed) FILTER (WHERE NOT is_late), max(is_passed)) AS is_passed,
      coalesce(max(is_before_gate) FILTER (WHERE NOT is_late), max(is_before_gate)) AS is_before_gate,
      max(number) AS number
    FROM copies GROUP BY user_id, slot, coupon_id
  )
  SELECT user_id, slot, coupon_id, rank, rank_high, row_count,
    CASE
      WHEN rank_high > :highestStock OR rank < 1 THEN 'rank-above-stock'
      WHEN rank_low <> rank_high OR epoch_low <> epoch_high THEN 'wrong-rank'
      -- in the log
      WHEN record_count > 0 AND winner_count = 0 AND is_before_gate AND :isGateCompared
        THEN iif(row_count > 0, 'gate-behind', 'only-in-log')
      WHEN record_count > 0 AND row_count = 0 THEN iif(is_passed, 'row-missing', 'not-recorded')
      WHEN record_count > 0 THEN NULL
      -- only in the gate
      WHEN row_count = 0 AND NOT :isGateCompared THEN 'not-compared'
      WHEN row_count = 0 THEN iif(number < (
          SELECT outbox.number + outbox.count FROM outbox
          WHERE outbox.number <= merged.number ORDER BY outbox.number DESC LIMIT 1
        ), 'in-outbox', 'only-in-gate')
      -- in the ledger, and not in the log
      WHEN winner_count > 0 THEN iif(:isLogWhole, 'record-missing', NULL)
      WHEN :isLogWhole OR :isGateCompared THEN 'extra-row'
      ELSE 'unconfirmed'
    END
  FROM merged`

/** Several coupons of one user and slot: several ids of one rank, or several ranks. */
const markSeveral = `
  UPDATE coupons SET finding = several.finding
  FROM (
    SELECT user_id, slot, iif(min(rank) = max(rank), 'wrong-coupon', 'doubled') AS finding
    FROM coupons GROUP BY user_id, slot HAVING count(*) > 1
  ) AS several
  WHERE coupons.user_id = several.user_id AND coupons.slot = several.slot`

const index = 'CREATE INDEX findings ON coupons (finding) WHERE finding IS NOT NULL'

const lackingCopies = `
  ('row-missing', 'record-missing', 'extra-row', 'only-in-gate', 'only-in-log', 'gate-behind')`

/** One coupon of two users or slots: each has the copies that the other lacks. */
const markWrongUser = `
  UPDATE coupons SET finding = 'wrong-user'
  WHERE finding IN ${lackingCopies} AND coupon_id IN (
    SELECT coupon_id FROM coupons WHERE finding IN ${lackingCopies} GROUP BY coupon_id HAVING count(*) > 1
  )`

/**
 * Merges the copies in `sources` into the table `coupons`, with a finding for each that is not sound. Returns
 * how many grants were left out, because their records are late.
 */
export const findInCopies = (sources: SourceTables, facts: CopyFacts): number => {
  const { highestStock, isGateCompared, isLogWhole } = facts
  const [[late] = []] = sources.query(countLate)
  sources.execute(leaveOutLate)
  sources.execute(table)
  sources.execute(fill, {
    highestStock,
    isGateCompared: Number(isGateCompared),
    isLogWhole: Number(isLogWhole),
  })
  sources.execute(markSeveral)
  sources.execute(index)
  sources.execute(markWrongUser)
  return Number(late)
}

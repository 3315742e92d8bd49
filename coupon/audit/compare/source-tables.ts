import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { Failure } from '../../../platform/failure.ts'
import type { GateWinner, PendingEntry } from '../../gate/gate-surveyor.ts'
import { describeCoupon, type GivenAnswer, type LedgerRow, type PlacedRecord } from './source-entries.ts'

/**
 * The sources of one campaign in the tables of a temporary SQLite database. Entries come in any order, except
 * that answers to one user come in the order in which they were given. Each `add` throws `overloaded` beyond
 * `entriesMax`.
 *
 * SQLite keeps up to 8 MB in memory. Beyond that it writes to a file in `$SQLITE_TMPDIR`, `$TMPDIR` or
 * /var/tmp: some 300 MB per million coupons, and as much again while it sorts. It deletes the file as soon as
 * it is open, so a crash leaves nothing behind.
 */
export type SourceTables = {
  addRow(row: LedgerRow): void
  addRecord(record: PlacedRecord): void
  /** A winner may be added twice. */
  addWinner(winner: GateWinner): void
  addOutboxEntry(entry: PendingEntry): void
  addAnswer(given: GivenAnswer): void
  /** How many of each were added; `pending` counts the grants in the outbox. */
  counts(): SourceCounts
  /**
   * The rows of a query as arrays, read one by one. `coupon_text(id, user, slot, rank)` is `describeCoupon`.
   */
  query(sql: string, parameters?: SqlParameters): Iterable<SQLOutputValue[]>
  /** Runs one statement that returns nothing. */
  execute(sql: string, parameters?: SqlParameters): void
  close(): void
}

/** Values of `:name` in a statement. */
type SqlParameters = Readonly<Record<string, SQLInputValue>>

/** How many entries of each source were read. `winners` and `pending` are 0 when the gate was not read. */
export type SourceCounts = {
  rows: number
  records: number
  winners: number
  pending: number
  answers: number
}

/** A million coupons in three sources were merged in 4.2 s with 8 MB, in 5.0 s with 32 MB. */
const cacheKilobytes = 8_192

/** Beside the own one. With it `npm run audit` of a million coupons took 18.1 s instead of 19.4. */
const sortingThreads = 2

/** A copy is a coupon as one source has it. `at` is the order of the answers. */
const schema = `
  CREATE TABLE copies (
    source TEXT, user_id TEXT, slot INTEGER, coupon_id TEXT, rank INTEGER, epoch INTEGER,
    number INTEGER, is_late INTEGER, is_passed INTEGER, is_before_gate INTEGER
  );
  CREATE TABLE outbox (number INTEGER PRIMARY KEY, count INTEGER, granted_at_ms INTEGER);
  CREATE TABLE answers (at INTEGER PRIMARY KEY, user_id TEXT, slot INTEGER, answer TEXT);`

const openTemporaryDatabase = (): DatabaseSync => {
  // An empty name is SQLite's own temporary database. It is never read after a failure: no journal, no
  // waiting for the disk.
  const database = new DatabaseSync('')
  database.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -${cacheKilobytes};
    PRAGMA threads = ${sortingThreads}`)
  database.exec(schema)
  database.function('coupon_text', { deterministic: true }, (couponId, userId, slot, rank) =>
    describeCoupon({
      couponId: String(couponId),
      userId: String(userId),
      slot: Number(slot),
      rank: Number(rank),
    }),
  )
  database.exec('BEGIN')
  return database
}

/**
 * Tables with nothing in them. The default of `entriesMax` is ten for every coupon of the largest campaign.
 */
export const createSourceTables = (entriesMax = 100_000_000): SourceTables => {
  const database = openTemporaryDatabase()
  const counts = { rows: 0, records: 0, winners: 0, pending: 0, answers: 0 }
  const insertion = (source: string, columns: string): StatementSync =>
    database.prepare(`INSERT INTO copies (source, user_id, slot, coupon_id, rank, ${columns})
      VALUES ('${source}', ?, ?, ?, ?${', ?'.repeat(columns.split(',').length)})`)
  const insertRow = insertion('ledger', 'epoch')
  const insertRecord = insertion('log', 'epoch, is_late, is_passed, is_before_gate')
  const insertWinner = insertion('gate', 'number')
  const insertEntry = database.prepare('INSERT OR REPLACE INTO outbox VALUES (?, ?, ?)')
  const insertAnswer = database.prepare('INSERT INTO answers (user_id, slot, answer) VALUES (?, ?, ?)')
  let entries = 0

  const countEntry = (): void => {
    if (entries >= entriesMax)
      throw new Failure('overloaded', `an audit compares no more than ${entriesMax} entries`)
    entries += 1
  }

  return {
    addRow({ userId, slot, couponId, rank, epoch }) {
      countEntry()
      insertRow.run(userId, slot, couponId, rank, epoch)
      counts.rows += 1
    },
    addRecord({ userId, slot, couponId, rank, epoch, isLate, isPassed, isBeforeGate }) {
      countEntry()
      const place = [Number(isLate), Number(isPassed), Number(isBeforeGate)]
      insertRecord.run(userId, slot, couponId, rank, epoch, ...place)
      counts.records += 1
    },
    addWinner({ userId, slot, couponId, rank, number }) {
      countEntry()
      insertWinner.run(userId, slot, couponId, rank, number)
      counts.winners += 1
    },
    addOutboxEntry({ number, count, grantedAtMs }) {
      countEntry()
      insertEntry.run(number, count, grantedAtMs)
      counts.pending += count
    },
    addAnswer({ userId, slot, answer }) {
      countEntry()
      insertAnswer.run(userId, slot, JSON.stringify(answer))
      counts.answers += 1
    },
    counts: () => ({ ...counts }),
    query(sql, parameters = {}) {
      const statement = database.prepare(sql)
      statement.setReturnArrays(true)
      return statement.iterate(parameters) as Iterable<unknown> as Iterable<SQLOutputValue[]>
    },
    execute: (sql, parameters = {}) => void database.prepare(sql).run(parameters),
    close: () => database.close(),
  }
}

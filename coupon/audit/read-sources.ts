import type { Database } from '../../platform/mysql/database.ts'
import type { GateSurveyor } from '../gate/gate-surveyor.ts'
import { type LedgerFacts, readLedgerFacts } from '../ledger/facts.ts'
import { readMarkedByRank } from '../ledger/grants-by-rank.ts'
import type { GrantLogReader } from '../log/grant-log-reader.ts'
import { checkUnmarked, checkUses } from './check-uses.ts'
import { createHistoryTally } from './compare/check-tallies.ts'
import type { CheckTally } from './compare/check-tally.ts'
import type { SourceTables } from './compare/source-tables.ts'
import { type GateReading, readGate } from './gate-reading.ts'
import type { History } from './history.ts'
import { type LogMoments, rangesToRead, recordPlacer } from './log-moments.ts'

/** What the sources of a campaign are read from. */
export type SourceReaders = {
  database: Database
  gate: GateSurveyor
  log: GrantLogReader
  history: History | undefined
  /** What was appended from this moment on is not read. */
  logUntilMs: number | undefined
  monotonicMs(): number
}

/** What was read beside the entries. */
export type SourcesRead = {
  reading: GateReading
  moments: LogMoments
  /** When the outbox had been read, by the monotonic clock. */
  outboxReadAtMs: number
  /** Coupons that are not what their history made of them. */
  historyOff: CheckTally
}

const readFactsNow = (database: Database, campaignId: string): Promise<LedgerFacts | undefined> =>
  database.transaction(async (connection) => ({
    commit: false,
    result: await readLedgerFacts(connection, campaignId),
  }))

/**
 * Reads the sources of a campaign into the tables, while the sale may go on. `undefined` when the ledger has
 * no such campaign.
 *
 * A grant goes gate (winner and outbox, in one step) -> log -> out of the outbox -> ledger. Read in the order
 * of this flow, the ledger would have rows that are in neither gate nor log. Read against it, the gate would
 * have winners that the log confirmed meanwhile, and that are in neither outbox nor log. So the gate is read
 * between two readings of the ends of the log:
 * 1. **ledger**: one snapshot, with rows, positions and cuts. A row of it was in the log before, so
 * 2. **the ends of the log** read now lie beyond it. A record below them was granted before, so
 * 3. **the gate** read now has it: every row, and every record below these ends, is a winner. Its outbox is
 *    read after its winners: a winner whose entry is not there was acknowledged by the log, so
 * 4. **the ends of the log** read again lie beyond it, and its record is below them.
 * 5. Then come the epoch and the cuts once more: a record of the next epoch can only be found together with
 *    the cut before it. What lies beyond the positions of the snapshot, or is in the outbox, is in flight:
 *    neither lost nor too much.
 */
export const readSources = (
  campaignId: string,
  { database, gate, log, history, logUntilMs, monotonicMs }: SourceReaders,
  sources: SourceTables,
): Promise<SourcesRead | undefined> =>
  database.transaction(
    async (connection) => {
      const first = await readLedgerFacts(connection, campaignId)
      if (first === undefined) return { commit: false, result: undefined }
      const before = await log.ends()
      const reading = await readGate(gate, campaignId, first.epoch, sources)
      const outboxReadAtMs = monotonicMs()
      const after = await log.ends()
      const last = (await readFactsNow(database, campaignId)) ?? first
      const until = logUntilMs === undefined ? undefined : await log.offsetsAt(logUntilMs)
      const moments = { before, after, until, ledger: { before: first, after: last } }

      const historyOff = createHistoryTally()
      const readLedger = async (): Promise<void> => {
        for await (const rows of readMarkedByRank(connection, campaignId)) {
          for (const { grant } of rows) sources.addRow(grant)
          await checkUses(connection, campaignId, rows, historyOff)
        }
        await checkUnmarked(connection, campaignId, historyOff)
      }
      const readLog = async (): Promise<void> => {
        for (const range of rangesToRead(moments)) {
          const place = recordPlacer(moments, range.partition)
          for await (const records of log.grants(campaignId, range))
            for (const { offset, grant } of records) sources.addRecord(place(offset, grant))
        }
      }
      await Promise.all([readLedger(), readLog()])
      if (history !== undefined)
        for await (const entries of history.entries()) entries.forEach(sources.addAnswer)
      return { commit: false, result: { reading, moments, outboxReadAtMs, historyOff } }
    },
    { snapshot: true },
  )

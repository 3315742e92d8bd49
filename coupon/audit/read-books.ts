import type { Database } from '../../platform/mysql/database.ts'
import { readRows } from '../ledger/grants-by-rank.ts'
import type { GateSurveyor } from '../gate/gate-surveyor.ts'
import { type GateReading, readGate } from './gate-reading.ts'
import type { History } from './history.ts'
import { loggedOf, type LogMoments, stretchesOf } from './judge.ts'
import { type LedgerFacts, readLedgerFacts } from '../ledger/facts.ts'
import type { GrantLogReader } from '../log/grant-log-reader.ts'
import type { BookEntry, ShareFiles } from './share-files.ts'

/** The books of a campaign, opened. */
export type BooksOpen = {
  database: Database
  gate: GateSurveyor
  log: GrantLogReader
  history: History | undefined
  monotonicMs(): number
}

/** How many of each were read. `winners` and `pending` are 0 when the gate was not. */
export type BookCounts = { rows: number; records: number; winners: number; pending: number; answers: number }

/** Everything but what is in the share files. */
export type BooksRead = {
  reading: GateReading
  moments: LogMoments
  counts: BookCounts
  /** When the outbox had been read, by the monotonic clock. */
  outboxReadAtMs: number
}

const addAll = async <Item>(
  files: ShareFiles,
  chunks: AsyncIterable<Item[]>,
  entryOf: (item: Item) => BookEntry,
): Promise<number> => {
  let count = 0
  for await (const chunk of chunks) {
    await files.add(chunk.map(entryOf))
    count += chunk.length
  }
  return count
}

/** The ledger's facts at this moment; `undefined` when there is no such campaign. */
export const factsNow = (database: Database, campaignId: string): Promise<LedgerFacts | undefined> =>
  database.transaction(async (connection) => ({
    commit: false,
    result: await readLedgerFacts(connection, campaignId),
  }))

/**
 * Reads the books of a campaign into the share files, while the sale may go on.
 *
 * A grant goes gate (winner and outbox, in one step) -> log -> out of the outbox -> ledger. Reading them all in the order of the flow
 * would find rows that no gate and no log knows yet; reading them all against it would find winners that were confirmed meanwhile, and
 * that no outbox and no log has. So the gate is read between two looks at the end of the log:
 * 1. **ledger**: one snapshot, with rows, positions and cuts. A row of it was in the log before, so
 * 2. **the ends of the log** asked now lie beyond it. A record below them was granted before, so
 * 3. **the gate** read now knows it: whoever is a row, or lies below these ends, is a winner. Its outbox is read after its winners:
 *    a winner whose entry is not there was acknowledged by the log, so
 * 4. **the ends of the log** asked again lie beyond it: it is found in the log up to there.
 * 5. Then come the epoch and the cuts once more: a record of the epoch that followed can only be seen with the cut before it.
 * What lies beyond the snapshot's positions, or waits in the outbox, is in flight and neither lost nor too much.
 */
export const readBooks = (
  campaignId: string,
  { database, gate, log, history, monotonicMs }: BooksOpen,
  files: ShareFiles,
): Promise<BooksRead | undefined> =>
  database.transaction(
    async (connection) => {
      const first = await readLedgerFacts(connection, campaignId)
      if (first === undefined) return { commit: false, result: undefined }
      const before = await log.ends()
      let winners = 0
      const reading = await readGate(gate, campaignId, first.epoch, async (found) => {
        winners += found.length
        await files.add(found.map((won) => ({ book: 'gate', won })))
      })
      const outboxReadAtMs = monotonicMs()
      const after = await log.ends()
      const last = (await factsNow(database, campaignId)) ?? first
      const moments = { before, after, ledger: { before: first, after: last } }

      const readLog = async (): Promise<number> => {
        let count = 0
        for (const stretch of stretchesOf(moments)) {
          const judged = loggedOf(moments, stretch.partition)
          count += await addAll(files, log.grants(campaignId, stretch), ({ offset, grant }) => ({
            book: 'log',
            record: judged(offset, grant),
          }))
        }
        return count
      }
      const [rows, records] = await Promise.all([
        addAll(files, readRows(connection, campaignId), (row) => ({ book: 'ledger', row })),
        readLog(),
      ])
      const answers = history === undefined ? 0 : await addAll(files, history.entries(), (entry) => entry)
      const counts = { rows, records, winners, pending: reading.parts?.pending.grants() ?? 0, answers }
      return { commit: false, result: { reading, moments, counts, outboxReadAtMs } }
    },
    { snapshot: true },
  )

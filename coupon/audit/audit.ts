import { setImmediate, setTimeout as wait } from 'node:timers/promises'
import type { Database } from '../../platform/mysql/database.ts'
import { type Check, overallVerdict, type Verdict } from './compare/check.ts'
import { type Comparison, createComparison } from './compare/comparison.ts'
import { type Copies, createCopies } from './compare/copies.ts'
import type { GateSurveyor } from '../gate/gate-surveyor.ts'
import { checkRanks, type GateState, judgeGate, noteGate } from './gate-checks.ts'
import type { History } from './history.ts'
import { checkPositions, isLedgerComplete, stretchesOf } from './judge.ts'
import type { GrantLogReader } from '../log/grant-log-reader.ts'
import { type BookCounts, type BooksRead, factsNow, readBooks } from './read-books.ts'
import { type BookEntry, createShareFiles, type ShareFiles } from './share-files.ts'

/** What an audit came to. */
export type AuditResult = {
  campaignId: string
  verdict: Verdict
  /** One a fault; with a history of clients, one a promise to them as well. */
  checks: Check[]
  /** How much was compared. */
  books: BookCounts
  /** What limits the verdict, in sentences. */
  notes: string[]
}

/**
 * One read-only comparison of gate, log and ledger, and of what clients were told, during a sale or after it (docs/audit.md).
 * It knows what is in flight and never calls backlog a loss: `readBooks` says how.
 */
export type Audit = {
  /**
   * `undefined` when the ledger has no such campaign. Rejects `unavailable` when a book cannot be read, `overloaded` when a share of
   * the books outgrows its bound, `refused` when the history is none.
   */
  run(campaignId: string, history?: History): Promise<AuditResult | undefined>
}

export type AuditOptions = {
  database: Database
  gate: GateSurveyor
  log: GrantLogReader
  /** Where the books are sorted while it runs; it leaves nothing there. */
  folder: string
  /** An outbox entry of this age is far older than the relay leaves any. */
  stuckMs: number
  /** One that is still there after this long, while the log answers, is stuck. */
  watchMs: number
  monotonicMs(): number
}

/** Users in memory at once: some 30 MB. */
const shareSize = 50_000
const sharesMax = 256
const identitiesMax = 1_000_000
/** Of a history, at the least. */
const bytesOfAnswer = 60
/** Entries after which whatever else the process does has its turn: some 5 ms. */
const entriesInOneTurnMax = 5_000

const sharesOf = (highestStock: number, history: History | undefined): number =>
  Math.min(sharesMax, Math.ceil(Math.max(highestStock, (history?.size ?? 0) / bytesOfAnswer) / shareSize))

const feed = (comparison: Comparison, entry: BookEntry): void => {
  if (entry.book === 'gate') comparison.won(entry.won)
  else if (entry.book === 'log') comparison.record(entry.record)
  else if (entry.book === 'ledger') comparison.row(entry.row)
  else comparison.told(entry.userId, entry.slot, entry.told)
}

const feedAll = async (comparison: Comparison, files: ShareFiles, shares: number): Promise<void> => {
  for (let share = 0; share < shares; share += 1) {
    let fed = 0
    for (const entry of await files.read(share)) {
      feed(comparison, entry)
      fed += 1
      if (fed % entriesInOneTurnMax === 0) await setImmediate()
    }
    comparison.endShare()
  }
}

export const createAudit = (options: AuditOptions): Audit => {
  const { database, gate, log, monotonicMs } = options

  /** An overdue entry is stuck only when it stays while the log answers: after an outage the relay takes the oldest first. */
  const checkOutbox = async (
    campaignId: string,
    state: GateState,
    outboxReadAtMs: number,
    { tallies: { outboxStuck } }: Copies,
  ): Promise<void> => {
    if (state.kind !== 'compared') return
    outboxStuck.looked(state.parts.pending.entries())
    const { count, number } = state.parts.pending.olderThan(state.after.nowMs - options.stuckMs)
    if (number === undefined) return
    await wait(Math.max(0, options.watchMs - (monotonicMs() - outboxReadAtMs)))
    await log.ends()
    const isThere = await gate.hasEntry(campaignId, state.before.epoch, number)
    const example = (): string => `entry ${state.before.epoch}-${number} is overdue`
    outboxStuck[isThere ? 'broken' : 'inFlight'](example, count)
  }

  const compare = async (
    campaignId: string,
    { reading, moments, counts, outboxReadAtMs }: BooksRead,
    { files, shares, hasClients }: { files: ShareFiles; shares: number; hasClients: boolean },
  ): Promise<AuditResult> => {
    const { before, after } = moments.ledger
    const state = judgeGate(reading, moments.ledger)
    const copies = createCopies({
      highestStock: Math.max(before.highestStock, after.highestStock),
      isGateCompared: state.kind === 'compared',
      isLogWhole: stretchesOf(moments).every(({ isWhole }) => isWhole),
      isPending: (number) => reading.parts?.pending.has(number) ?? false,
    })
    const comparison = createComparison({
      stock: after.stock,
      isLedgerComplete: isLedgerComplete(moments),
      identitiesMax,
      copies,
      ...(hasClients ? {} : { withoutClients: true }),
    })
    await feedAll(comparison, files, shares)
    const ofClients = comparison.finish()
    checkPositions(moments, copies.tallies)
    noteGate(state, copies.tallies)
    checkRanks(state, copies, after.epoch)
    await checkOutbox(campaignId, state, outboxReadAtMs, copies)
    const checks = [...Object.values(copies.tallies).map((tally) => tally.check()), ...ofClients]
    const unjudged = copies.unjudged()
    const notes = [
      ...(state.kind === 'gone' ? ['the gate was retired: it was taken away after its lifetime'] : []),
      ...(unjudged > 0 ? [`${unjudged} rows have no other book: the log no longer has their records`] : []),
    ]
    return { campaignId, verdict: overallVerdict(checks), checks, books: counts, notes }
  }

  return {
    async run(campaignId, history) {
      const facts = await factsNow(database, campaignId)
      if (facts === undefined) return undefined
      const shares = sharesOf(facts.highestStock, history)
      const files = await createShareFiles(options.folder, campaignId, shares)
      try {
        const read = await readBooks(campaignId, { database, gate, log, history, monotonicMs }, files)
        if (read === undefined) return undefined
        return await compare(campaignId, read, { files, shares, hasClients: history !== undefined })
      } finally {
        await files.remove()
      }
    },
  }
}

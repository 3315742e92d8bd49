import { setTimeout as wait } from 'node:timers/promises'
import type { Database } from '../../platform/mysql/database.ts'
import type { GateSurveyor } from '../gate/gate-surveyor.ts'
import type { GrantLogReader } from '../log/grant-log-reader.ts'
import { type Check, overallVerdict, type Verdict } from './compare/check.ts'
import { createFaultTallies, type FaultTallies } from './compare/check-tallies.ts'
import { compareClients } from './compare/compare-clients.ts'
import { compareCopies } from './compare/compare-copies.ts'
import { createSourceTables, type SourceCounts, type SourceTables } from './compare/source-tables.ts'
import { checkGate, type GateState, gateStateOf, reportNotCompared } from './gate-checks.ts'
import type { History } from './history.ts'
import { checkPositions, isLedgerComplete, rangesToRead } from './log-moments.ts'
import { readSources, type SourcesRead } from './read-sources.ts'

/** The result of an audit. Its fields are those of the JSON document. */
export type AuditResult = {
  campaignId: string
  verdict: Verdict
  /** One per fault; with a history of clients, one per promise to them as well. */
  checks: Check[]
  /** How much of each source was compared, and how many grants were left out because they are late. */
  books: SourceCounts & { late: number }
  /** What limits the verdict, in sentences. */
  notes: string[]
}

/** What an audit compares beside the sources, and how far it reads. */
export type AuditScope = {
  history?: History | undefined
  /**
   * What was appended to the log from this moment on is not read. Of a campaign that closed long before that
   * is nothing; when a winner's record is missing, the verdict is not `pass`.
   */
  logUntilMs?: number | undefined
}

/**
 * One read-only comparison of gate, log and ledger, and of the answers that clients got, during a sale or
 * after it (docs/audit.md). It knows what is in flight and never calls backlog a loss: see `readSources`.
 * SQLite compares in this thread, some 6 s per million coupons: a process that serves somebody uses
 * `createAuditProcess`.
 */
export type Audit = {
  /**
   * `undefined` when the ledger has no such campaign. Rejects `unavailable` when a source cannot be read,
   * `overloaded` when the sources outgrow their bound, `refused` when the history is no history.
   */
  run(campaignId: string, scope?: AuditScope): Promise<AuditResult | undefined>
}

export type AuditOptions = {
  database: Database
  gate: GateSurveyor
  log: GrantLogReader
  /** The relay leaves no outbox entry that is as old as this. */
  stuckMs: number
  /** An entry older than that is stuck when it is still there after this long, while the log answers. */
  watchMs: number
  monotonicMs(): number
}

const overdueEntries = `
  SELECT count(*), count(*) FILTER (WHERE is_overdue), min(number) FILTER (WHERE is_overdue)
  FROM (SELECT number, granted_at_ms < :overdueMs AS is_overdue FROM outbox)`

export const createAudit = (options: AuditOptions): Audit => {
  const { gate, log, monotonicMs } = options

  /**
   * An overdue entry is only stuck when it stays while the log answers: after an outage the relay takes the
   * oldest first.
   */
  const checkOutbox = async (
    campaignId: string,
    { before, after }: GateState & { kind: 'compared' },
    outboxReadAtMs: number,
    { sources, tallies: { outboxStuck } }: { sources: SourceTables; tallies: FaultTallies },
  ): Promise<void> => {
    const overdueMs = after.nowMs - options.stuckMs
    const [[entries, overdue, oldest] = []] = sources.query(overdueEntries, { overdueMs })
    outboxStuck.looked(Number(entries))
    if (Number(overdue) === 0) return
    await wait(Math.max(0, options.watchMs - (monotonicMs() - outboxReadAtMs)))
    await log.ends()
    const isThere = await gate.hasEntry(campaignId, before.epoch, Number(oldest))
    const example = (): string => `entry ${before.epoch}-${String(oldest)} is overdue`
    outboxStuck[isThere ? 'broken' : 'inFlight'](example, Number(overdue))
  }

  const compare = async (
    campaignId: string,
    { reading, moments, outboxReadAtMs, historyOff }: SourcesRead,
    { sources, hasClients }: { sources: SourceTables; hasClients: boolean },
  ): Promise<AuditResult> => {
    const { before, after } = moments.ledger
    const state = gateStateOf(reading, moments.ledger)
    const tallies = createFaultTallies()
    const counts = sources.counts()
    const facts = {
      highestStock: Math.max(before.highestStock, after.highestStock),
      isGateCompared: state.kind === 'compared',
      isLogWhole: rangesToRead(moments).every(({ isWhole }) => isWhole),
    }
    const copies = compareCopies(sources, facts, tallies)
    checkPositions(moments, tallies)
    reportNotCompared(state, tallies)
    checkGate(state, copies, { epoch: after.epoch, pendingGrants: counts.pending }, tallies)
    if (state.kind === 'compared') await checkOutbox(campaignId, state, outboxReadAtMs, { sources, tallies })
    const ofClients = hasClients
      ? compareClients(sources, {
          campaignId,
          stock: after.stock,
          isLedgerComplete: isLedgerComplete(moments),
        })
      : []
    const faults = [...Object.values(tallies), historyOff].map((tally) => tally.check())
    const checks = [...faults, ...ofClients]
    const { unconfirmed, late } = copies
    const notes = [
      ...(state.kind === 'retired' ? ['the gate was retired: it was removed after its lifetime'] : []),
      ...(unconfirmed > 0
        ? [`${unconfirmed} rows have no other source: the log no longer has their records`]
        : []),
      ...(late > 0
        ? [
            `${late} grants came late: Kafka has them beyond the end of their epoch, and they are dead letters`,
          ]
        : []),
    ]
    return { campaignId, verdict: overallVerdict(checks), checks, books: { ...counts, late }, notes }
  }

  return {
    async run(campaignId, { history, logUntilMs } = {}) {
      const sources = createSourceTables()
      try {
        const read = await readSources(campaignId, { ...options, history, logUntilMs }, sources)
        if (read === undefined) return undefined
        return await compare(campaignId, read, { sources, hasClients: history !== undefined })
      } finally {
        sources.close()
      }
    },
  }
}

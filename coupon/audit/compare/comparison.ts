import { crc32 } from 'node:zlib'
import { Failure } from '../../../platform/failure.ts'
import type { GateWinner } from '../../gate/gate-surveyor.ts'
import type { Check } from './check.ts'
import type { Copies } from './copies.ts'
import {
  checkIdentity,
  describeCoupon,
  hear,
  type Identity,
  type LedgerRow,
  type Logged,
  type Reach,
  type Told,
} from './identity.ts'
import { createRankSet } from './ranks.ts'
import { createTallies } from './tallies.ts'

/**
 * The comparison of the books of one campaign: whoever has the books feeds it, it does no input or output. Entries come in any
 * order, except that answers to one user come in the order in which they were given.
 * It holds one entry a user and slot. For a campaign that is too large for that, the caller goes through the books in shares
 * (`shareOf`) and ends each one; then only one bit a rank stays.
 */
export type Comparison = {
  /** The clients' book: one answer. Throws `overloaded` when a share outgrows its bound. */
  told(userId: string, slot: number, told: Told): void
  /** The ledger: one row. Throws `overloaded` when a share outgrows its bound. */
  row(row: LedgerRow): void
  /** The log: one record. Throws `overloaded` when a share outgrows its bound. */
  record(record: Logged): void
  /** The gate: one winner; told twice it counts once. Throws `overloaded` when a share outgrows its bound. */
  won(won: GateWinner): void
  /** All that the books say about the users of this share was fed: compares and forgets them. */
  endShare(): void
  /** Ends the last share and gives the verdict on every promise. */
  finish(): Check[]
}

export type ComparisonOptions = {
  stock: number
  /** Whether all that the log holds was in the ledger when it was read. If not, a missing row is in flight, not lost. */
  isLedgerComplete: boolean
  /** Users and slots in memory at once, at the most; some 400 bytes each. */
  identitiesMax: number
  /** The clients' book is not there: what they were told is not checked. */
  withoutClients?: true
  /** Compares gate, log and ledger as well. Its tallies are its owner's; `finish` leaves them out. */
  copies?: Copies
}

/** Which of `shares` shares a user belongs to; `CRC32(user_id) % shares` of the database is the same. */
export const shareOf = (userId: string, shares: number): number => crc32(userId) % shares

/** A comparison that was fed nothing yet. */
export const createComparison = (options: ComparisonOptions): Comparison => {
  const { stock, isLedgerComplete, identitiesMax, copies } = options
  const tallies = createTallies()
  const ranks = createRankSet()
  const identities = new Map<string, Identity>()
  const reached: Record<Reach, number> = { through: 0, pending: 0, open: 0, out: 0 }
  let rows = 0

  const identityOf = (userId: string, slot: number): Identity => {
    const key = `${slot}:${userId}`
    const known = identities.get(key)
    if (known !== undefined) return known
    if (identities.size >= identitiesMax)
      throw new Failure('overloaded', `a share of the books has more than ${identitiesMax} users`)
    const identity = { userId, wasSoldOut: false, rows: [], records: [] }
    identities.set(key, identity)
    return identity
  }

  const endShare = (): void => {
    for (const identity of identities.values()) {
      copies?.check(identity)
      if (options.withoutClients === undefined)
        reached[checkIdentity(identity, tallies, isLedgerComplete)] += 1
    }
    identities.clear()
  }

  const checkTotals = (): void => {
    // Each of these may hold a rank, and a unit of the stock, whose row is still to come.
    const inFlight = isLedgerComplete ? reached.pending + reached.open : stock
    const through = reached.through + reached.pending
    const due = Math.min(stock, through)
    tallies.noOversell.looked(rows)
    if (rows > stock) tallies.noOversell.broken(() => `${rows} rows for a stock of ${stock}`, rows - stock)

    const missing = ranks.gapCount() > inFlight ? 'broken' : 'inFlight'
    for (const rank of ranks.gaps()) tallies.ranksWithoutGap[missing](() => `rank ${rank} has no row`)

    tallies.nothingStranded.looked(due)
    const example = (): string => `${rows} rows, though ${through} got through to a stock of ${stock}`
    if (due - rows > inFlight) tallies.nothingStranded.broken(example, due - rows)
    else if (rows < due) tallies.nothingStranded.inFlight(example, due - rows)
    else if (rows < Math.min(stock, through + reached.open))
      tallies.nothingStranded.inFlight(() => `${reached.open} who pressed have no answer yet`, reached.open)
  }

  return {
    endShare,
    told: (userId, slot, told) => hear(identityOf(userId, slot), told, tallies),
    row(row) {
      identityOf(row.userId, row.slot).rows.push(row)
      if (options.withoutClients) return
      rows += 1
      tallies.ranksWithoutGap.looked()
      if (ranks.add(row.rank) !== 'new')
        tallies.ranksWithoutGap.broken(() => `taken already, or no rank at all: ${describeCoupon(row)}`)
    },
    record: (record) => void identityOf(record.userId, record.slot).records.push(record),
    won(won) {
      identityOf(won.userId, won.slot).won = won
    },
    finish() {
      endShare()
      copies?.finish()
      if (options.withoutClients) return []
      checkTotals()
      return Object.values(tallies).map((tally) => tally.check())
    },
  }
}

import type { GateWinner } from '../../gate/gate-surveyor.ts'
import type { Identity, LedgerRow, Logged } from './identity.ts'

/** What one user has of one coupon. */
export type Held = { row?: LedgerRow; record?: Logged; won?: GateWinner; copies: number }

const merged = (known: Logged | undefined, record: Logged): Logged =>
  known === undefined
    ? record
    : {
        ...known,
        isLate: known.isLate && record.isLate,
        // A late copy has no say in whether the row was due.
        isPassed: (known.isPassed && !known.isLate) || (record.isPassed && !record.isLate),
        isBeforeGate: (known.isBeforeGate && !known.isLate) || (record.isBeforeGate && !record.isLate),
      }

/** Everything one user and slot has, by coupon; late records of nobody's coupon are left out. */
export const couponsOf = ({ rows, records, won }: Identity): Map<string, Held> => {
  const coupons = new Map<string, Held>()
  const heldOf = (couponId: string): Held => {
    const held = coupons.get(couponId) ?? { copies: 0 }
    coupons.set(couponId, held)
    return held
  }
  for (const row of rows) {
    const held = heldOf(row.couponId)
    held.row = row
    held.copies += 1
  }
  for (const record of records) {
    const held = heldOf(record.couponId)
    held.record = merged(held.record, record)
  }
  if (won !== undefined) heldOf(won.couponId).won = won
  // Late, and nobody's: its owner was told "pending", and the unit is somebody else's by now.
  for (const [couponId, { row, record, won: winner }] of coupons)
    if (record?.isLate === true && row === undefined && winner === undefined) coupons.delete(couponId)
  return coupons
}

/** What the copies of one coupon disagree about; empty when they agree. `records` are all of the log. */
export const differences = ({ row, record, won }: Held, records: readonly Logged[]): string => {
  const ranks = new Set(
    [row?.rank, won?.rank, ...records.map(({ rank }) => rank)].filter((rank) => rank !== undefined),
  )
  const epochs = new Set(
    [row?.epoch, ...records.map(({ epoch }) => epoch)].filter((epoch) => epoch !== undefined),
  )
  if (ranks.size <= 1 && epochs.size <= 1) return ''
  const words = [
    ...(won === undefined ? [] : [`the gate has rank ${won.rank}`]),
    ...(record === undefined
      ? []
      : records.map(({ rank, epoch }) => `the log rank ${rank} of epoch ${epoch}`)),
    ...(row === undefined ? [] : [`the ledger rank ${row.rank} of epoch ${row.epoch}`]),
  ]
  return words.join(', ')
}

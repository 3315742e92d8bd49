import { couponsOf, differences, type Held } from './held.ts'
import { describeCoupon, type Identity, type Logged, type ToldCoupon } from './identity.ts'
import { createRankSet, type RankSet } from './ranks.ts'
import { createFaultTallies, type FaultTallies } from './tallies.ts'

/** What has to be known before the copies of a grant in gate, log and ledger can be compared. */
export type CopiesFacts = {
  /** No rank may lie above it. */
  highestStock: number
  /** Whether the gate was read as a whole; if not, what it lacks or has alone says nothing. */
  isGateCompared: boolean
  /** Whether the log still has the beginning of the campaign. */
  isLogWhole: boolean
  /** Whether the grant of this number waits in the outbox. */
  isPending(number: number): boolean
}

/**
 * Compares the copies of each grant: the gate's winner, the log's record, the ledger's row. A coupon that two users have is found
 * at the end, because they may be in different shares.
 */
export type Copies = {
  readonly tallies: FaultTallies
  /** Every rank that some book gave out, and those of the gate's winners. */
  readonly ranks: { granted: RankSet; won: RankSet }
  /** Rows that no other book can speak for: the log no longer has them, and there is no gate to ask. */
  unjudged(): number
  /** All that the three books say about one user and slot. */
  check(identity: Identity): void
  /** Names what was found at one user only. The tallies are the caller's to finish. */
  finish(): void
}

type LeftoverFault = 'rowMissing' | 'recordMissing' | 'extraRow' | 'onlyInGate' | 'onlyInLog' | 'gateBehind'
type Leftover = { fault: LeftoverFault; coupon: ToldCoupon }

/** Each takes some 300 bytes; whatever is beyond is named at once. */
const leftoversMax = 100_000

export const createCopies = (facts: CopiesFacts): Copies => {
  const { highestStock, isGateCompared, isLogWhole } = facts
  const tallies = createFaultTallies()
  const ranks = { granted: createRankSet(), won: createRankSet() }
  const leftovers = new Map<string, Leftover[]>()
  const seen = { rows: 0, records: 0, winners: 0, unjudged: 0, leftovers: 0 }

  const name = ({ fault, coupon }: Leftover): void => tallies[fault].broken(() => describeCoupon(coupon))

  const leave = (fault: LeftoverFault, coupon: ToldCoupon): void => {
    if (seen.leftovers >= leftoversMax) return name({ fault, coupon })
    seen.leftovers += 1
    leftovers.set(coupon.couponId, [...(leftovers.get(coupon.couponId) ?? []), { fault, coupon }])
  }

  const takeRank = (coupon: ToldCoupon): void => {
    if (ranks.granted.add(coupon.rank) !== 'new')
      tallies.doubled.broken(() => `rank ${coupon.rank} has another coupon too: ${describeCoupon(coupon)}`)
  }

  /** A coupon that is in the log, with the same facts wherever it is. */
  const checkLogged = (record: Logged, { row, won }: Held): void => {
    const unknownToGate = isGateCompared && record.isBeforeGate && won === undefined
    if (row !== undefined && unknownToGate) return leave('gateBehind', record)
    if (row === undefined && unknownToGate) return leave('onlyInLog', record)
    if (row === undefined && record.isPassed) return leave('rowMissing', record)
    if (row === undefined) tallies.rowMissing.inFlight(() => `not recorded yet: ${describeCoupon(record)}`)
    takeRank(record)
  }

  /** A coupon that is not in the log. */
  const checkUnlogged = ({ row, won }: Held): void => {
    if (row === undefined) {
      if (won === undefined || !isGateCompared) return
      if (!facts.isPending(won.number)) return leave('onlyInGate', won)
      tallies.onlyInGate.inFlight(() => `in the outbox: ${describeCoupon(won)}`)
      return takeRank(won)
    }
    if (won !== undefined && isLogWhole) return leave('recordMissing', row)
    if (won === undefined && (isLogWhole || isGateCompared)) return leave('extraRow', row)
    if (won === undefined) seen.unjudged += 1
    takeRank(row)
  }

  const checkCoupon = (held: Held, records: readonly Logged[]): void => {
    const { row, record, won } = held
    const first = record ?? row ?? won
    if (first === undefined) return
    const highest = Math.max(row?.rank ?? 0, won?.rank ?? 0, ...records.map(({ rank }) => rank))
    if (highest > highestStock || first.rank < 1) {
      tallies.rankAboveStock.broken(() => `${describeCoupon(first)}: rank ${highest} of ${highestStock}`)
      return void ranks.granted.add(first.rank)
    }
    const different = differences(held, records)
    if (different !== '') {
      tallies.wrongRank.broken(() => `${describeCoupon(first)}: ${different}`)
      return void ranks.granted.add(first.rank)
    }
    if (record === undefined) checkUnlogged(held)
    else checkLogged(record, held)
  }

  /** One user and slot with several coupons: several ids of one unit, or several units. */
  const checkSeveral = (identity: Identity, coupons: ReadonlyMap<string, Held>): void => {
    const all = [...coupons.values()].flatMap(({ row, record, won }) => row ?? record ?? won ?? [])
    for (const { rank } of all) ranks.granted.add(rank)
    const units = new Set(all.map(({ rank }) => rank)).size
    const tally = units === 1 ? tallies.wrongCoupon : tallies.doubled
    tally.broken(() => `${identity.userId}: ${all.map(describeCoupon).join(' and ')}`, all.length - 1)
  }

  return {
    tallies,
    ranks,
    unjudged: () => seen.unjudged,
    check(identity) {
      const { rows, records, won } = identity
      seen.rows += rows.length
      seen.records += records.length
      if (won !== undefined) {
        seen.winners += 1
        ranks.won.add(won.rank)
      }
      const coupons = couponsOf(identity)
      if (coupons.size > 1) return checkSeveral(identity, coupons)
      for (const held of coupons.values()) {
        if (held.copies > 1) tallies.doubled.broken(() => `${identity.userId} has ${held.copies} equal rows`)
        checkCoupon(held, records)
      }
    },
    finish() {
      for (const [couponId, found] of leftovers) {
        for (const { coupon } of found) ranks.granted.add(coupon.rank)
        const [first] = found
        if (found.length === 1 && first !== undefined) name(first)
        else
          tallies.wrongUser.broken(
            () =>
              `coupon ${couponId}: ${found.map(({ coupon }) => `${coupon.userId}, slot ${coupon.slot}`).join(' and ')}`,
          )
      }
      leftovers.clear()
      tallies.oversold.looked(seen.rows)
      if (seen.rows > highestStock)
        tallies.oversold.broken(
          () => `${seen.rows} rows for a stock of ${highestStock}`,
          seen.rows - highestStock,
        )
      for (const tally of [tallies.rowMissing, tallies.onlyInLog]) tally.looked(seen.records)
      for (const tally of [tallies.recordMissing, tallies.extraRow, tallies.gateBehind])
        tally.looked(seen.rows)
      tallies.onlyInGate.looked(seen.winners)
      const { wrongUser, wrongRank, wrongCoupon, rankAboveStock, doubled } = tallies
      for (const tally of [wrongUser, wrongRank, wrongCoupon, rankAboveStock, doubled])
        tally.looked(Math.max(seen.rows, seen.records, seen.winners))
    },
  }
}

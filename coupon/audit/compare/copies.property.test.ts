import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { GateWinner } from '../../gate/gate-surveyor.ts'
import { createComparison, shareOf } from './comparison.ts'
import { createCopies } from './copies.ts'
import type { LedgerRow, Logged } from './identity.ts'
import { couponId, couponOf } from '../../../test/harness/values/sound-books.ts'

/** All that gate, log and ledger have of one grant. */
type Copied = {
  row: LedgerRow | undefined
  records: Logged[]
  won: GateWinner | undefined
  extra: LedgerRow[]
}

/** How far a grant has come: all of these are fine. */
const stages = ['in the outbox', 'in the log', 'in the ledger', 'in the log twice'] as const
type Stage = (typeof stages)[number]

const highestStock = 100

const copiedOf = (rank: number, stage: Stage): Copied => {
  const coupon = couponOf(rank)
  const row = { ...coupon, epoch: 1 }
  const record = { ...row, isLate: false, isPassed: stage !== 'in the log', isBeforeGate: true }
  return {
    row: stage === 'in the ledger' || stage === 'in the log twice' ? row : undefined,
    records: stage === 'in the outbox' ? [] : stage === 'in the log twice' ? [record, record] : [record],
    won: { ...coupon, number: rank },
    extra: [],
  }
}

/** Each is planted at a grant that had come into the ledger, and shows as the fault of its name. */
const faults: Record<string, (copied: Copied, row: LedgerRow) => void> = {
  'row-missing': (copied) => (copied.row = undefined),
  'record-missing': (copied) => (copied.records = []),
  'only-in-gate': (copied) => Object.assign(copied, { row: undefined, records: [] }),
  'extra-row': (copied) => Object.assign(copied, { won: undefined, records: [] }),
  'only-in-log': (copied) => Object.assign(copied, { row: undefined, won: undefined }),
  'gate-behind': (copied) => (copied.won = undefined),
  'wrong-rank': (copied, row) => (copied.row = { ...row, rank: row.rank + 50 }),
  'wrong-coupon': (copied, row) => (copied.row = { ...row, couponId: couponId(row.rank + 500) }),
  'wrong-user': (copied, row) => (copied.row = { ...row, userId: `${row.userId}-not` }),
  doubled: (copied, row) =>
    copied.extra.push({ ...row, rank: row.rank + 50, couponId: couponId(row.rank + 600) }),
  'rank-above-stock': (copied, row) => {
    const rank = row.rank + highestStock
    Object.assign(copied, {
      row: { ...row, rank },
      won: { ...row, rank, number: row.rank },
      records: copied.records.map((record) => ({ ...record, rank })),
    })
  },
}

const grant = fc.record({
  stage: fc.constantFrom(...stages),
  fault: fc.option(fc.constantFrom(...Object.keys(faults)), { freq: 4, nil: undefined }),
})
const sales = fc.array(grant, { maxLength: 20, size: 'max' })
type Grants = readonly { stage: Stage; fault: string | undefined }[]

/** The faults by verdict, of books that were read in this order and in so many shares. */
const judge = (
  grants: Grants,
  shares: number,
  order: readonly number[],
): Record<'fail' | 'in-flight' | 'pass', string[]> => {
  const pending = new Set<number>()
  const copies = createCopies({
    ...{ highestStock, isGateCompared: true, isLogWhole: true },
    isPending: (number) => pending.has(number),
  })
  const comparison = createComparison({
    ...{ stock: highestStock, isLedgerComplete: false, identitiesMax: 100, withoutClients: true, copies },
  })
  const entries = grants.flatMap(({ stage, fault }, index) => {
    const rank = index + 1
    const copied = copiedOf(rank, fault === undefined ? stage : 'in the ledger')
    if (fault === undefined && stage === 'in the outbox') pending.add(rank)
    if (fault !== undefined) faults[fault]?.(copied, { ...couponOf(rank), epoch: 1 })
    const rows = copied.row === undefined ? copied.extra : [copied.row, ...copied.extra]
    return [
      ...rows.map((row) => ({ userId: row.userId, feed: () => comparison.row(row) })),
      ...copied.records.map((record) => ({ userId: record.userId, feed: () => comparison.record(record) })),
      ...[copied.won ?? []].flat().map((won) => ({ userId: won.userId, feed: () => comparison.won(won) })),
    ]
  })
  const places = entries.map((entry, index) => ({ entry, place: order[index % order.length] ?? 0 }))
  places.sort((left, right) => left.place - right.place)
  for (let share = 0; share < shares; share += 1) {
    for (const { entry } of places) if (shareOf(entry.userId, shares) === share) entry.feed()
    comparison.endShare()
  }
  comparison.finish()
  const found = { fail: [] as string[], 'in-flight': [] as string[], pass: [] as string[] }
  for (const tally of Object.values(copies.tallies)) {
    const { verdict, fault = '' } = tally.check()
    found[verdict].push(fault)
  }
  return found
}

const orders = fc.array(fc.nat(99), { minLength: 1, maxLength: 60 })

test('gate, log and ledger show exactly the faults that were planted, whatever is under way and however they are read', () => {
  fc.assert(
    fc.property(sales, fc.integer({ min: 1, max: 5 }), orders, (grants, shares, order) => {
      const { fail } = judge(grants, shares, order)
      const planted = new Set(grants.flatMap(({ fault }) => fault ?? []))
      expect(new Set(fail)).toEqual(planted)
    }),
    { numRuns: 150 },
  )
})

test('what is on its way is in flight and never a loss', () => {
  fc.assert(
    fc.property(sales, orders, (grants, order) => {
      const sound = grants.map(({ stage }) => ({ stage, fault: undefined }))
      const { fail, 'in-flight': inFlight } = judge(sound, 1, order)
      expect(fail).toEqual([])
      const has = (stage: Stage): boolean => sound.some((one) => one.stage === stage)
      expect(inFlight).toEqual([
        ...(has('in the log') ? ['row-missing'] : []),
        ...(has('in the outbox') ? ['only-in-gate'] : []),
      ])
    }),
  )
})

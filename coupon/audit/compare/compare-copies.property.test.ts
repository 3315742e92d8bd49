import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { couponId, couponOf } from '../../../test/harness/values/sound-sources.ts'
import type { GateWinner } from '../../gate/gate-surveyor.ts'
import { createFaultTallies } from './check-tallies.ts'
import { compareCopies } from './compare-copies.ts'
import type { LedgerRow, PlacedRecord } from './source-entries.ts'
import { createSourceTables } from './source-tables.ts'

/** All that gate, log and ledger have of one grant. */
type Copies = {
  row: LedgerRow | undefined
  records: PlacedRecord[]
  winner: GateWinner | undefined
  extra: LedgerRow[]
}

/** How far a grant has come. None of these is a fault. */
const stages = ['in the outbox', 'in the log', 'in the ledger', 'in the log twice'] as const
type Stage = (typeof stages)[number]

const highestStock = 100

const copiesOf = (rank: number, stage: Stage): Copies => {
  const coupon = couponOf(rank)
  const row = { ...coupon, epoch: 1 }
  const record = { ...row, isLate: false, isPassed: stage !== 'in the log', isBeforeGate: true }
  return {
    row: stage === 'in the ledger' || stage === 'in the log twice' ? row : undefined,
    records: stage === 'in the outbox' ? [] : stage === 'in the log twice' ? [record, record] : [record],
    winner: { ...coupon, number: rank },
    extra: [],
  }
}

/** Each is planted at a grant that is in the ledger, and is found as the fault of its name. */
const faults: Record<string, (copies: Copies, row: LedgerRow) => void> = {
  'row-missing': (copies) => (copies.row = undefined),
  'record-missing': (copies) => (copies.records = []),
  'only-in-gate': (copies) => Object.assign(copies, { row: undefined, records: [] }),
  'extra-row': (copies) => Object.assign(copies, { winner: undefined, records: [] }),
  'only-in-log': (copies) => Object.assign(copies, { row: undefined, winner: undefined }),
  'gate-behind': (copies) => (copies.winner = undefined),
  'wrong-rank': (copies, row) => (copies.row = { ...row, rank: row.rank + 50 }),
  'wrong-coupon': (copies, row) => (copies.row = { ...row, couponId: couponId(row.rank + 500) }),
  'wrong-user': (copies, row) => (copies.row = { ...row, userId: `${row.userId}-not` }),
  doubled: (copies, row) =>
    copies.extra.push({ ...row, rank: row.rank + 50, couponId: couponId(row.rank + 600) }),
  'rank-above-stock': (copies, row) => {
    const rank = row.rank + highestStock
    Object.assign(copies, {
      row: { ...row, rank },
      winner: { ...row, rank, number: row.rank },
      records: copies.records.map((record) => ({ ...record, rank })),
    })
  },
}

const grant = fc.record({
  stage: fc.constantFrom(...stages),
  fault: fc.option(fc.constantFrom(...Object.keys(faults)), { freq: 4, nil: undefined }),
})
const sales = fc.array(grant, { maxLength: 20, size: 'max' })
type Grants = readonly { stage: Stage; fault: string | undefined }[]

/** The faults by verdict, of sources that were read in this order. */
const judge = (grants: Grants, order: readonly number[]): Record<'fail' | 'in-flight' | 'pass', string[]> => {
  const sources = createSourceTables()
  const entries = grants.flatMap(({ stage, fault }, index) => {
    const rank = index + 1
    const copies = copiesOf(rank, fault === undefined ? stage : 'in the ledger')
    if (fault === undefined && stage === 'in the outbox')
      sources.addOutboxEntry({ number: rank, count: 1, grantedAtMs: 1 })
    if (fault !== undefined) faults[fault]?.(copies, { ...couponOf(rank), epoch: 1 })
    const rows = copies.row === undefined ? copies.extra : [copies.row, ...copies.extra]
    return [
      ...rows.map((row) => () => sources.addRow(row)),
      ...copies.records.map((record) => () => sources.addRecord(record)),
      ...[copies.winner ?? []].flat().map((winner) => () => sources.addWinner(winner)),
    ]
  })
  const places = entries.map((add, index) => ({ add, place: order[index % order.length] ?? 0 }))
  places.sort((left, right) => left.place - right.place)
  for (const { add } of places) add()
  const tallies = createFaultTallies()
  compareCopies(sources, { highestStock, isGateCompared: true, isLogWhole: true }, tallies)
  sources.close()
  const found = { fail: [] as string[], 'in-flight': [] as string[], pass: [] as string[] }
  for (const tally of Object.values(tallies)) {
    const { verdict, fault = '' } = tally.check()
    found[verdict].push(fault)
  }
  return found
}

const orders = fc.array(fc.nat(99), { minLength: 1, maxLength: 60 })

test('gate, log and ledger show exactly the planted faults, whatever is in flight, in any order', () => {
  fc.assert(
    fc.property(sales, orders, (grants, order) => {
      const { fail } = judge(grants, order)
      const planted = new Set(grants.flatMap(({ fault }) => fault ?? []))
      expect(new Set(fail)).toEqual(planted)
    }),
    { numRuns: 150 },
  )
})

test('what has not arrived yet is in flight and never a loss', () => {
  fc.assert(
    fc.property(sales, orders, (grants, order) => {
      const sound = grants.map(({ stage }) => ({ stage, fault: undefined }))
      const { fail, 'in-flight': inFlight } = judge(sound, order)
      expect(fail).toEqual([])
      const has = (stage: Stage): boolean => sound.some((one) => one.stage === stage)
      expect(inFlight).toEqual([
        ...(has('in the log') ? ['row-missing'] : []),
        ...(has('in the outbox') ? ['only-in-gate'] : []),
      ])
    }),
  )
})

import { describe, expect, test } from 'vitest'
import { couponId, couponOf } from '../../../test/harness/values/sound-sources.ts'
import { createFaultTallies } from './check-tallies.ts'
import { compareCopies } from './compare-copies.ts'
import type { CopyFacts } from './coupon-findings.ts'
import type { LedgerRow, PlacedRecord } from './source-entries.ts'
import { createSourceTables, type SourceTables } from './source-tables.ts'

const rowOf = (rank: number, change: Partial<LedgerRow> = {}): LedgerRow => ({
  ...couponOf(rank),
  epoch: 1,
  ...change,
})
const recordOf = (rank: number, change: Partial<PlacedRecord> = {}): PlacedRecord => ({
  ...rowOf(rank),
  isLate: false,
  isPassed: true,
  isBeforeGate: true,
  ...change,
})
const winnerOf = (rank: number) => ({ ...couponOf(rank), number: rank })

/** A coupon that every source has. */
const addSound = (sources: SourceTables, rank: number): void => {
  sources.addRow(rowOf(rank))
  sources.addRecord(recordOf(rank))
  sources.addWinner(winnerOf(rank))
}

const sound: CopyFacts = { highestStock: 100, isGateCompared: true, isLogWhole: true }

/** The checks that do not pass, with their counts; of these sources beside three coupons in order. */
const compare = (add: (sources: SourceTables) => void, facts: Partial<CopyFacts> = {}) => {
  const sources = createSourceTables()
  for (const rank of [1, 2, 3]) addSound(sources, rank)
  add(sources)
  const tallies = createFaultTallies()
  const { unconfirmed, late, grantedRanks } = compareCopies(sources, { ...sound, ...facts }, tallies)
  const highestRank = grantedRanks().highest()
  sources.close()
  const checks = Object.values(tallies).map((tally) => tally.check())
  const notPassed = checks.filter(({ verdict }) => verdict !== 'pass')
  return {
    found: Object.fromEntries(notPassed.map(({ fault, verdict, count }) => [fault, `${verdict} ${count}`])),
    examples: notPassed.flatMap(({ examples }) => examples),
    unconfirmed,
    late,
    highestRank,
  }
}

test('nothing at all has no fault', () => {
  const sources = createSourceTables()
  const tallies = createFaultTallies()
  compareCopies(sources, sound, tallies)
  sources.close()
  expect(Object.values(tallies).map((tally) => tally.check().verdict)).toEqual(
    Object.values(tallies).map(() => 'pass'),
  )
})

describe('several copies of one coupon', () => {
  test('a record that is in the log twice, and a winner that was read twice, count as one', () => {
    const twice = (sources: SourceTables): void => {
      addSound(sources, 4)
      sources.addRecord(recordOf(4))
      sources.addWinner(winnerOf(4))
    }
    expect(compare(twice).found).toEqual({})
  })

  test('a late record beside one in time does not ask for a row that is on its way', () => {
    const found = (late: Partial<PlacedRecord>) =>
      compare((sources) => {
        sources.addWinner(winnerOf(4))
        sources.addRecord(recordOf(4, { isPassed: false }))
        sources.addRecord(recordOf(4, late))
      }).found
    expect(found({ isLate: true })).toEqual({ 'row-missing': 'in-flight 1' })
    expect(found({ isLate: false })).toEqual({ 'row-missing': 'fail 1' })
  })

  test('a late record of a coupon that nobody has is no fault, also of a user who has another', () => {
    const late = { isLate: true, couponId: couponId(90), rank: 90 }
    const found = compare((sources) => {
      sources.addRecord(recordOf(2, late))
      sources.addRecord(recordOf(90, { isLate: true, couponId: couponId(91) }))
    })
    expect([found.found, found.highestRank, found.late]).toEqual([{}, 3, 2])
  })

  test('a late record is not compared with a coupon of a later epoch, whatever its id', () => {
    const found = compare((sources) => {
      sources.addRecord(recordOf(2, { isLate: true, epoch: 0, rank: 9 }))
    })
    expect([found.found, found.late]).toEqual([{}, 1])
  })

  test('late are the grants without a record in time and without a row, each counted once', () => {
    const found = compare((sources) => {
      for (const _ of [1, 2]) sources.addRecord(recordOf(91, { isLate: true }))
      sources.addRecord(recordOf(3, { isLate: true }))
    })
    expect([found.found, found.late]).toEqual([{}, 1])
  })

  test('a late record that became a row is compared like any other', () => {
    const found = compare((sources) => {
      sources.addRecord(recordOf(4, { isLate: true }))
      sources.addRow(rowOf(4))
    })
    expect(found.found).toEqual({ 'gate-behind': 'fail 1' })
  })

  test('rows that are equal are doubled', () => {
    const { found, examples } = compare((sources) => sources.addRow(rowOf(2)))
    expect([found, examples]).toEqual([{ doubled: 'fail 1' }, ['user-2 has 2 equal rows']])
  })
})

describe('coupons that exclude each other', () => {
  test('several coupons on one rank are doubled, each beyond the first', () => {
    const { found, examples } = compare((sources) => {
      for (const user of ['a', 'b']) {
        const owner = { userId: user, couponId: couponId(user === 'a' ? 90 : 91) }
        sources.addRow(rowOf(2, owner))
        sources.addRecord(recordOf(2, owner))
        sources.addWinner({ ...winnerOf(2), ...owner })
      }
    })
    expect(found).toEqual({ doubled: 'fail 2' })
    expect(examples).toHaveLength(1)
    for (const userId of ['user-2', 'a', 'b']) expect(examples[0]).toContain(`of ${userId}, slot 1, rank 2`)
  })

  test('a coupon of which two users have a part each is named once, and not as missing', () => {
    const { found, examples } = compare((sources) => {
      sources.addWinner(winnerOf(4))
      sources.addRecord(recordOf(4))
      sources.addRow(rowOf(4, { userId: 'other' }))
    })
    expect(found).toEqual({ 'wrong-user': 'fail 1' })
    expect(examples).toEqual([`coupon ${couponId(4)}: other, slot 1 and user-4, slot 1`])
  })

  test('a wrong rank is reported with what each source has', () => {
    const { examples } = compare((sources) => {
      sources.addRow(rowOf(4, { rank: 44 }))
      sources.addRecord(recordOf(4))
      sources.addWinner(winnerOf(4))
    })
    expect(examples).toEqual([
      `coupon ${couponId(4)} of user-4, slot 1, rank 4: ` +
        'the gate has rank 4, the ledger rank 44 of epoch 1, the log rank 4 of epoch 1',
    ])
  })
})

describe('a winner without row and record', () => {
  const entry = { number: 4, count: 3, grantedAtMs: 1 }
  test.each([
    [3, 'fail'],
    [4, 'in-flight'],
    [6, 'in-flight'],
    [7, 'fail'],
  ])('with the number %i and the numbers 4 to 6 in the outbox: %s', (number, verdict) => {
    const { found } = compare((sources) => {
      sources.addOutboxEntry({ number: 1, count: 2, grantedAtMs: 1 })
      sources.addOutboxEntry(entry)
      sources.addWinner({ ...winnerOf(9), number })
    })
    expect(found).toEqual({ 'only-in-gate': `${verdict} 1` })
  })

  test('is no fault while the gate is not compared, and its rank is not granted', () => {
    const result = compare((sources) => sources.addWinner(winnerOf(9)), { isGateCompared: false })
    expect(result).toMatchObject({ found: {}, highestRank: 3 })
  })
})

test('a row alone is unconfirmed only if neither the log nor the gate can speak for it', () => {
  const alone = (facts: Partial<CopyFacts>) => compare((sources) => sources.addRow(rowOf(4)), facts)
  expect(alone({ isGateCompared: false, isLogWhole: false })).toMatchObject({ found: {}, unconfirmed: 1 })
  expect(alone({ isLogWhole: false })).toMatchObject({ found: { 'extra-row': 'fail 1' }, unconfirmed: 0 })
  expect(alone({ isGateCompared: false })).toMatchObject({ found: { 'extra-row': 'fail 1' }, unconfirmed: 0 })
})

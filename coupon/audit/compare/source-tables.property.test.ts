import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { grants, userIds } from '../../../test/harness/values/arbitraries.ts'
import { createSourceTables } from './source-tables.ts'

const campaignId = '0198c0de-0000-7000-8000-00000000c0de'
const row = grants.map(({ grantedAtMs: _, ...rest }) => ({ ...rest, campaignId }))
const flags = { isLate: fc.boolean(), isPassed: fc.boolean(), isBeforeGate: fc.boolean() }
const record = fc.tuple(row, fc.record(flags)).map(([one, place]) => ({ ...one, ...place }))
const winner = fc.tuple(row, fc.nat()).map(([{ epoch: _, ...one }, number]) => ({ ...one, number }))
const answer = fc.record({
  userId: userIds,
  slot: fc.integer({ min: 1, max: 10 }),
  answer: fc.oneof(
    fc.record({ kind: fc.constant('granted' as const), coupon: row.map(({ epoch: _, ...one }) => one) }),
    fc.record({ kind: fc.constant('refused' as const), code: fc.string() }),
  ),
})

test('every entry is in the tables as it was added, in its order', () => {
  const sale = fc.record({
    rows: fc.array(row),
    records: fc.array(record),
    winners: fc.array(winner),
    answers: fc.array(answer),
  })
  fc.assert(
    fc.property(sale, ({ rows, records, winners, answers }) => {
      const tables = createSourceTables()
      rows.forEach(tables.addRow)
      records.forEach(tables.addRecord)
      winners.forEach(tables.addWinner)
      answers.forEach(tables.addAnswer)
      const copies = (columns: string, source: string) => [
        ...tables.query(
          `SELECT user_id, slot, coupon_id, rank, ${columns} FROM copies
           WHERE source = '${source}' ORDER BY rowid`,
        ),
      ]
      expect(copies('epoch', 'ledger')).toEqual(
        rows.map(({ userId, slot, couponId, rank, epoch }) => [userId, slot, couponId, rank, epoch]),
      )
      expect(copies('epoch, is_late, is_passed, is_before_gate', 'log')).toEqual(
        records.map(({ userId, slot, couponId, rank, epoch, isLate, isPassed, isBeforeGate }) => [
          ...[userId, slot, couponId, rank, epoch],
          ...[isLate, isPassed, isBeforeGate].map(Number),
        ]),
      )
      expect(copies('number', 'gate')).toEqual(
        winners.map(({ userId, slot, couponId, rank, number }) => [userId, slot, couponId, rank, number]),
      )
      const given = [...tables.query('SELECT user_id, slot, answer FROM answers ORDER BY at')]
      expect(given.map(([userId, slot, text]) => [userId, slot, JSON.parse(String(text))])).toEqual(
        answers.map((one) => [one.userId, one.slot, one.answer]),
      )
      tables.close()
    }),
    { numRuns: 50 },
  )
})

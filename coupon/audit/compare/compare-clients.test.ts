import { describe, expect, test } from 'vitest'
import {
  type ClientSources,
  campaignId,
  compare,
  couponId,
  couponOf,
  rowAt,
  soundSources,
  verdictsNotPassed,
} from '../../../test/harness/values/sound-sources.ts'
import { type Check, overallVerdict } from './check.ts'
import { compareClients } from './compare-clients.ts'
import { createSourceTables } from './source-tables.ts'

test('sources that agree pass every promise', () => {
  const checks = compare(soundSources())
  expect(verdictsNotPassed(checks)).toEqual({})
  expect(overallVerdict(checks)).toBe('pass')
  expect(checks.find(({ promise }) => promise === 'no-lost-win')?.looked).toBe(20)
})

test('a sale without people passes', () => {
  expect(verdictsNotPassed(compare({ stock: 1, isLedgerComplete: true, answers: [], rows: [] }))).toEqual({})
})

test('a row that is missing is a lost win, a gap and a stranded coupon', () => {
  const sources = soundSources()
  sources.rows.splice(6, 1)
  const checks = compare(sources)
  expect(verdictsNotPassed(checks)).toEqual({
    'no-lost-win': 'fail',
    'ranks-without-gap': 'fail',
    'nothing-stranded': 'fail',
  })
  expect(checks.find(({ promise }) => promise === 'no-lost-win')?.examples).toEqual([
    `user-7 was told coupon ${couponId(7)} of user-7, slot 1, rank 7: no row`,
  ])
})

describe('what has not arrived yet is never called a loss', () => {
  const delays: [string, string[], (sources: ClientSources) => void][] = [
    [
      'the ledger is behind',
      ['no-lost-win', 'nothing-stranded', 'ranks-without-gap'],
      (sources) => {
        sources.isLedgerComplete = false
        sources.rows.splice(6, 1)
      },
    ],
    [
      'somebody was answered pending and has a row',
      ['nobody-unaware', 'everybody-answered'],
      (sources) => sources.answers.splice(2, 1, { userId: 'user-3', answer: { kind: 'confirming' } }),
    ],
    [
      'somebody got no answer and has a row',
      ['nobody-unaware', 'everybody-answered'],
      (sources) => sources.answers.splice(2, 1, { userId: 'user-3', answer: { kind: 'unknown' } }),
    ],
    [
      'somebody got no answer while there is stock left',
      ['nothing-stranded', 'everybody-answered'],
      (sources) => {
        sources.stock = 21
        sources.answers.splice(20, 10, { userId: 'late', answer: { kind: 'unknown' } })
      },
    ],
  ]

  test.each(delays)('%s', (_, promises, delay) => {
    const sources = soundSources()
    delay(sources)
    const checks = compare(sources)
    expect(verdictsNotPassed(checks)).toEqual(
      Object.fromEntries(promises.map((promise) => [promise, 'in-flight'])),
    )
    expect(overallVerdict(checks)).toBe('in-flight')
  })

  test('as many gaps are in flight as people were answered pending', () => {
    const sources = soundSources()
    sources.rows.splice(2, 2)
    for (const userId of ['user-3', 'user-4']) {
      sources.answers = sources.answers.filter((answer) => answer.userId !== userId)
      sources.answers.push({ userId, answer: { kind: 'confirming' } })
    }
    expect(verdictsNotPassed(compare(sources))).toEqual({
      'everybody-answered': 'in-flight',
      'nothing-stranded': 'in-flight',
      'ranks-without-gap': 'in-flight',
    })
    sources.rows.splice(7, 1)
    expect(verdictsNotPassed(compare(sources))).toEqual({
      'everybody-answered': 'in-flight',
      'no-lost-win': 'fail',
      'nothing-stranded': 'fail',
      'ranks-without-gap': 'fail',
    })
  })

  test('a loss beside them is still a loss', () => {
    const sources = soundSources()
    sources.isLedgerComplete = false
    sources.rows.splice(6, 1)
    sources.rows.splice(4, 1, { ...rowAt(sources, 4), couponId: couponId(99) })
    expect(verdictsNotPassed(compare(sources))['no-lost-win']).toBe('fail')
  })
})

test('an unanswered repeat takes nothing back, and a refusal before the gate claims no stock', () => {
  const sources = soundSources()
  sources.stock = 21
  sources.answers.splice(20, 10, { userId: 'late', answer: { kind: 'refused', code: 'closed' } })
  sources.answers.push({ userId: 'user-3', answer: { kind: 'unknown' } })
  expect(verdictsNotPassed(compare(sources))).toEqual({})
})

test('examples stop at ten, counting does not', () => {
  const sources = soundSources()
  sources.rows = sources.rows.map((row) => ({ ...row, couponId: couponId(row.rank + 100) }))
  const check = compare(sources).find(({ promise }) => promise === 'no-lost-win')
  expect(check?.count).toBe(20)
  expect(check?.examples).toHaveLength(10)
})

test('the order in which the sources are read changes neither verdict nor count', () => {
  const sources = soundSources()
  sources.rows.splice(6, 1)
  const tables = createSourceTables()
  sources.rows.toReversed().forEach(tables.addRow)
  for (const { userId, answer } of sources.answers.toReversed()) tables.addAnswer({ userId, slot: 1, answer })
  const checks = compareClients(tables, { campaignId, stock: sources.stock, isLedgerComplete: true })
  tables.close()
  const plain = (some: Check[]) => some.map(({ examples, ...check }) => ({ ...check, many: examples.length }))
  expect(plain(checks)).toEqual(plain(compare(sources)))
})

test('sources beyond their bound are refused, not swallowed', () => {
  const tables = createSourceTables(1)
  tables.addAnswer({ userId: 'user-1', slot: 1, answer: { kind: 'sold-out' } })
  expect(() => tables.addAnswer({ userId: 'user-2', slot: 1, answer: { kind: 'sold-out' } })).toThrow(
    /more than 1 entries/,
  )
  tables.close()
})

test('a million grants are compared in the memory of a part of them', { timeout: 120_000 }, () => {
  const grants = 1_000_000
  const before = process.memoryUsage.rss()
  const tables = createSourceTables()
  for (let rank = 1; rank <= grants; rank += 1) {
    const coupon = couponOf(rank)
    tables.addAnswer({ userId: coupon.userId, slot: 1, answer: { kind: 'granted', coupon } })
    tables.addRow({ ...coupon, epoch: 1 })
  }
  const checks = compareClients(tables, { campaignId, stock: grants, isLedgerComplete: true })
  tables.close()
  expect(overallVerdict(checks)).toBe('pass')
  // As objects in maps they take 600 MB.
  expect(process.memoryUsage.rss() - before).toBeLessThan(256 * 1_048_576)
})

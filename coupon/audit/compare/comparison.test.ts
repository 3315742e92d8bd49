import { describe, expect, test } from 'vitest'
import { type Check, overallVerdict } from './check.ts'
import { createComparison, shareOf } from './comparison.ts'
import {
  type Books,
  compare,
  couponId,
  couponOf,
  notPassed,
  rowAt,
  soundBooks,
} from '../../../test/harness/values/sound-books.ts'

test('books that agree pass every promise', () => {
  const checks = compare(soundBooks())
  expect(notPassed(checks)).toEqual({})
  expect(overallVerdict(checks)).toBe('pass')
  expect(checks.find(({ promise }) => promise === 'no-lost-win')?.looked).toBe(20)
})

test('nobody and nothing passes', () => {
  expect(notPassed(compare({ stock: 1, isLedgerComplete: true, answers: [], rows: [] }))).toEqual({})
})

test('a row that is gone is a lost win, a gap and a coupon less than there should be', () => {
  const books = soundBooks()
  books.rows.splice(6, 1)
  const checks = compare(books)
  expect(notPassed(checks)).toEqual({
    'no-lost-win': 'fail',
    'ranks-without-gap': 'fail',
    'nothing-stranded': 'fail',
  })
  expect(checks.find(({ promise }) => promise === 'no-lost-win')?.examples).toEqual([
    `user-7 was told coupon ${couponId(7)} of user-7, slot 1, rank 7: no row`,
  ])
})

describe('what has not arrived yet is never called a loss', () => {
  const delays: [string, string[], (books: Books) => void][] = [
    [
      'the ledger is behind',
      ['no-lost-win', 'nothing-stranded', 'ranks-without-gap'],
      (books) => {
        books.isLedgerComplete = false
        books.rows.splice(6, 1)
      },
    ],
    [
      'somebody was told pending and has a row',
      ['nobody-unaware', 'everybody-answered'],
      (books) => books.answers.splice(2, 1, { userId: 'user-3', told: { kind: 'confirming' } }),
    ],
    [
      'somebody got no answer and has a row',
      ['nobody-unaware', 'everybody-answered'],
      (books) => books.answers.splice(2, 1, { userId: 'user-3', told: { kind: 'unknown' } }),
    ],
    [
      'somebody got no answer while there is stock left',
      ['nothing-stranded', 'everybody-answered'],
      (books) => {
        books.stock = 21
        books.answers.splice(20, 10, { userId: 'late', told: { kind: 'unknown' } })
      },
    ],
  ]

  test.each(delays)('%s', (_, promises, delay) => {
    const books = soundBooks()
    delay(books)
    const checks = compare(books)
    expect(notPassed(checks)).toEqual(Object.fromEntries(promises.map((promise) => [promise, 'in-flight'])))
    expect(overallVerdict(checks)).toBe('in-flight')
  })

  test('grants that wait in the outbox explain as many gaps as people who were told pending', () => {
    const books = soundBooks()
    books.rows.splice(2, 2)
    for (const userId of ['user-3', 'user-4']) {
      books.answers = books.answers.filter((answer) => answer.userId !== userId)
      books.answers.push({ userId, told: { kind: 'confirming' } })
    }
    expect(notPassed(compare(books))).toEqual({
      'everybody-answered': 'in-flight',
      'nothing-stranded': 'in-flight',
      'ranks-without-gap': 'in-flight',
    })
    books.rows.splice(7, 1)
    expect(notPassed(compare(books))).toEqual({
      'everybody-answered': 'in-flight',
      'no-lost-win': 'fail',
      'nothing-stranded': 'fail',
      'ranks-without-gap': 'fail',
    })
  })

  test('a loss beside it is still one', () => {
    const books = soundBooks()
    books.isLedgerComplete = false
    books.rows.splice(6, 1)
    books.rows.splice(4, 1, { ...rowAt(books, 4), couponId: couponId(99) })
    expect(notPassed(compare(books))['no-lost-win']).toBe('fail')
  })
})

test('an unanswered repeat takes nothing back, and a refusal before the gate is no claim to stock', () => {
  const books = soundBooks()
  books.stock = 21
  books.answers.splice(20, 10, { userId: 'late', told: { kind: 'refused', code: 'closed' } })
  books.answers.push({ userId: 'user-3', told: { kind: 'unknown' } })
  expect(notPassed(compare(books))).toEqual({})
})

test('examples stop at ten, counting does not', () => {
  const books = soundBooks()
  books.rows = books.rows.map((row) => ({ ...row, couponId: couponId(row.rank + 100) }))
  const check = compare(books).find(({ promise }) => promise === 'no-lost-win')
  expect(check?.count).toBe(20)
  expect(check?.examples).toHaveLength(10)
})

test('books read in shares give the same verdict, in the memory of one share', () => {
  const books = soundBooks()
  books.rows.splice(6, 1)
  const shares = 4
  const comparison = createComparison({ stock: books.stock, isLedgerComplete: true, identitiesMax: 15 })
  for (let share = 0; share < shares; share += 1) {
    for (const { userId, told } of books.answers)
      if (shareOf(userId, shares) === share) comparison.told(userId, 1, told)
    for (const row of books.rows) if (shareOf(row.userId, shares) === share) comparison.row(row)
    comparison.endShare()
  }
  const plain = (checks: Check[]) =>
    checks.map(({ examples, ...check }) => ({ ...check, many: examples.length }))
  expect(plain(comparison.finish())).toEqual(plain(compare(books)))
})

test('a share beyond its bound is refused, not swallowed', () => {
  const comparison = createComparison({ stock: 5, isLedgerComplete: true, identitiesMax: 1 })
  comparison.told('user-1', 1, { kind: 'sold-out' })
  expect(() => comparison.told('user-2', 1, { kind: 'sold-out' })).toThrow(/more than 1 users/)
})

test('a million grants never take more memory than a share of them', { timeout: 30_000 }, () => {
  const [grants, shares] = [1_000_000, 8]
  const comparison = createComparison({ stock: grants, isLedgerComplete: true, identitiesMax: 126_000 })
  for (let share = 0; share < shares; share += 1) {
    for (let rank = 1; rank <= grants; rank += 1) {
      if (shareOf(`user-${rank}`, shares) !== share) continue
      const coupon = couponOf(rank)
      comparison.told(coupon.userId, 1, { kind: 'granted', coupon })
      comparison.row({ ...coupon, epoch: 1 })
    }
    comparison.endShare()
  }
  expect(overallVerdict(comparison.finish())).toBe('pass')
})

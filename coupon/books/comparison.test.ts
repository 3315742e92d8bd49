import { describe, expect, test } from 'vitest'
import { type Check, overallVerdict } from './check.ts'
import { createComparison, shareOf } from './comparison.ts'
import type { LedgerRow, Told, ToldCoupon } from './identity.ts'

const campaignId = '0198c0de-0000-7000-8000-00000000c0de'
const couponId = (rank: number): string => `0198c0de-0000-7000-8000-${String(rank).padStart(12, '0')}`

const couponOf = (rank: number, change: Partial<ToldCoupon> = {}): ToldCoupon => ({
  couponId: couponId(rank),
  campaignId,
  userId: `user-${rank}`,
  slot: 1,
  rank,
  ...change,
})

/** What the clients and the ledger say; a corruption is one change to it. */
type Books = {
  stock: number
  isLedgerComplete: boolean
  answers: { userId: string; told: Told }[]
  rows: LedgerRow[]
}

/** A sale of 20 to 30 people, as it should be: every winner with a row, every other told sold out. */
const soundBooks = (): Books => {
  const coupons = Array.from({ length: 20 }, (_, index) => couponOf(index + 1))
  return {
    stock: 20,
    isLedgerComplete: true,
    answers: [
      ...coupons.map((coupon) => ({ userId: coupon.userId, told: { kind: 'granted', coupon } as const })),
      ...Array.from({ length: 10 }, (_, index) => ({
        userId: `loser-${index + 1}`,
        told: { kind: 'sold-out' } as const,
      })),
    ],
    rows: coupons.map((coupon) => ({ ...coupon, epoch: 1 })),
  }
}

const compare = ({ stock, isLedgerComplete, answers, rows }: Books): Check[] => {
  const comparison = createComparison({ stock, isLedgerComplete, identitiesMax: 100 })
  for (const { userId, told } of answers) comparison.told(userId, 1, told)
  for (const row of rows) comparison.row(row)
  return comparison.finish()
}

const notPassed = (checks: Check[]): Record<string, string> =>
  Object.fromEntries(
    checks.filter(({ verdict }) => verdict !== 'pass').map(({ promise, verdict }) => [promise, verdict]),
  )

const rowAt = (books: Books, index: number): LedgerRow => {
  const row = books.rows[index]
  if (row === undefined) throw new Error(`there is no row ${index}`)
  return row
}

const grantMore = (books: Books, coupon: ToldCoupon): void => {
  books.answers.push({ userId: coupon.userId, told: { kind: 'granted', coupon } })
  books.rows.push({ ...coupon, epoch: 1 })
}

test('books that agree pass every promise', () => {
  const checks = compare(soundBooks())
  expect(notPassed(checks)).toEqual({})
  expect(overallVerdict(checks)).toBe('pass')
  expect(checks.find(({ promise }) => promise === 'no-lost-win')?.looked).toBe(20)
})

test('nobody and nothing passes', () => {
  expect(notPassed(compare({ stock: 1, isLedgerComplete: true, answers: [], rows: [] }))).toEqual({})
})

describe('a planted corruption fails its own promise and no other', () => {
  const corruptions: [string, string, (books: Books) => void][] = [
    ['no-oversell', 'a coupon more than there is', (books) => grantMore(books, couponOf(21))],
    [
      'no-lost-win',
      'the row has another coupon id',
      (books) => books.rows.splice(4, 1, { ...rowAt(books, 4), couponId: couponId(99) }),
    ],
    [
      'no-lost-win',
      'two winners have each other’s rank',
      (books) => {
        const [left, right] = [rowAt(books, 2), rowAt(books, 3)]
        books.rows.splice(2, 2, { ...left, rank: right.rank }, { ...right, rank: left.rank })
      },
    ],
    [
      'no-lost-win',
      'a winner was shown the coupon of another user',
      (books) =>
        books.answers.splice(6, 1, { userId: 'user-7', told: { kind: 'granted', coupon: couponOf(8) } }),
    ],
    [
      'no-lost-win',
      'the coupon shown is of another campaign',
      (books) =>
        books.answers.splice(6, 1, {
          userId: 'user-7',
          told: { kind: 'granted', coupon: couponOf(7, { campaignId: couponId(1) }) },
        }),
    ],
    [
      'one-per-user-and-slot',
      'somebody has two rows',
      (books) => {
        books.stock = 21
        books.answers.splice(20, 10)
        books.rows.push({ ...couponOf(21, { userId: 'user-3' }), epoch: 1 })
      },
    ],
    [
      'same-answer-again',
      'a winner was shown another coupon later',
      (books) => books.answers.push({ userId: 'user-3', told: { kind: 'granted', coupon: couponOf(4) } }),
    ],
    [
      'same-answer-again',
      'a winner was told sold out later',
      (books) => books.answers.push({ userId: 'user-3', told: { kind: 'sold-out' } }),
    ],
    [
      'sold-out-is-final',
      'somebody who was told sold out has a row',
      (books) => books.answers.splice(2, 1, { userId: 'user-3', told: { kind: 'sold-out' } }),
    ],
    [
      'sold-out-is-final',
      'somebody was told sold out and then yes',
      (books) => books.answers.splice(2, 0, { userId: 'user-3', told: { kind: 'sold-out' } }),
    ],
    [
      'nothing-stranded',
      'people were told sold out before the stock was',
      (books) => {
        books.stock = 25
      },
    ],
    [
      'nobody-unaware',
      'a row of somebody who never pressed',
      (books) => {
        books.stock = 21
        books.answers.splice(20, 10)
        books.rows.push({ ...couponOf(21), epoch: 1 })
      },
    ],
    [
      'nobody-unaware',
      'a row of somebody who was told that they hold nothing',
      (books) => {
        books.answers.splice(20, 10)
        books.answers.splice(2, 1, { userId: 'user-3', told: { kind: 'none' } })
      },
    ],
    [
      'ranks-without-gap',
      'a rank was left out',
      (books) => {
        books.stock = 21
        books.answers.splice(20, 10)
        grantMore(books, couponOf(22))
      },
    ],
    [
      'ranks-without-gap',
      'a rank was given twice',
      (books) => {
        books.stock = 21
        books.answers.splice(20, 10)
        grantMore(books, couponOf(20, { couponId: couponId(99), userId: 'user-99' }))
      },
    ],
    [
      'ranks-without-gap',
      'a rank that no campaign has',
      (books) => {
        books.stock = 21
        books.answers.splice(20, 10)
        grantMore(books, couponOf(0))
      },
    ],
  ]

  test.each(corruptions)('%s: %s', (promise, _, corrupt) => {
    const books = soundBooks()
    corrupt(books)
    const checks = compare(books)
    expect(notPassed(checks)).toEqual({ [promise]: 'fail' })
    const [check] = checks.filter(({ verdict }) => verdict === 'fail')
    expect(check?.count).toBeGreaterThan(0)
    expect(check?.examples.length).toBeGreaterThan(0)
    expect(overallVerdict(checks)).toBe('fail')
  })
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

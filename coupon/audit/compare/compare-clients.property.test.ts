import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  campaignId,
  couponId,
  couponOf,
  verdictsNotPassed,
} from '../../../test/harness/values/sound-sources.ts'
import { type Check, overallVerdict } from './check.ts'
import { compareClients } from './compare-clients.ts'
import type { ClientAnswer, LedgerRow } from './source-entries.ts'
import { createSourceTables } from './source-tables.ts'

/** The answers to one person before the final one, and after it. */
type Person = { before: ('unknown' | 'confirming')[]; again: ('same' | 'unknown')[] }

/** What clients and ledger have about one person; the answers come in this order. */
type Account = { userId: string; slot: number; answers: ClientAnswer[]; rows: LedgerRow[] }

const people: fc.Arbitrary<Person[]> = fc.array(
  fc.record({
    before: fc.array(fc.constantFrom('unknown', 'confirming'), { maxLength: 2 }),
    again: fc.array(fc.constantFrom('same', 'unknown'), { maxLength: 2 }),
  }),
  { maxLength: 12, size: 'max' },
)

/**
 * The sources of a sale in which all went well: the first come have a row each, all others were answered sold
 * out.
 */
const accountsOf = (crowd: readonly Person[], stock: number): Account[] =>
  crowd.map(({ before, again }, index) => {
    const [rank, slot] = [index + 1, (index % 3) + 1]
    const coupon = couponOf(rank, { slot })
    const last: ClientAnswer = rank <= stock ? { kind: 'granted', coupon } : { kind: 'sold-out' }
    return {
      userId: coupon.userId,
      slot,
      rows: rank <= stock ? [{ ...coupon, epoch: 1 }] : [],
      answers: [
        ...before.map((kind) => ({ kind })),
        last,
        ...again.map((kind): ClientAnswer => (kind === 'same' ? last : { kind })),
      ],
    }
  })

/** Changes the account of a winner or of a loser. `breaks` is the promise that this breaks. */
type Corruption = { of: 'winner' | 'loser'; breaks: string; plant(account: Account, row: LedgerRow): void }

const foreign = couponOf(77, { userId: 'somebody', couponId: couponId(78) })
const corruptions: Record<string, Corruption> = {
  'the row is missing': { of: 'winner', breaks: 'no-lost-win', plant: (account) => void account.rows.pop() },
  'the row has another rank': {
    of: 'winner',
    breaks: 'no-lost-win',
    plant: (account, row) => (account.rows = [{ ...row, rank: row.rank + 50 }]),
  },
  'the row has another coupon': {
    of: 'winner',
    breaks: 'no-lost-win',
    plant: (account, row) => (account.rows = [{ ...row, couponId: couponId(row.rank + 500) }]),
  },
  'a second row': {
    of: 'winner',
    breaks: 'one-per-user-and-slot',
    plant: (account, row) =>
      account.rows.push({ ...row, rank: row.rank + 50, couponId: couponId(row.rank + 600) }),
  },
  'another coupon was shown later': {
    of: 'winner',
    breaks: 'same-answer-again',
    plant: (account) => account.answers.push({ kind: 'granted', coupon: foreign }),
  },
  'no was said after yes': {
    of: 'winner',
    breaks: 'same-answer-again',
    plant: (account) => account.answers.push({ kind: 'none' }),
  },
  'yes was said after sold out': {
    of: 'loser',
    breaks: 'sold-out-is-final',
    plant: (account) => account.answers.push({ kind: 'granted', coupon: foreign }),
  },
  'sold out, and yet a row': {
    of: 'loser',
    breaks: 'sold-out-is-final',
    plant: (account, row) => account.rows.push({ ...row, rank: row.rank + 50 }),
  },
  'nothing, and yet a row': {
    of: 'loser',
    breaks: 'nobody-unaware',
    plant: (account, row) => {
      account.answers = [{ kind: 'refused', code: 'closed' }]
      account.rows.push({ ...row, rank: row.rank + 50 })
    },
  },
}
const planting = fc.record({ at: fc.nat(11), what: fc.constantFrom(...Object.keys(corruptions)) })

/** Plants them, at most one per person. Returns the promises that they break. */
const plant = (
  accounts: Account[],
  stock: number,
  plantings: readonly { at: number; what: string }[],
): Set<string> => {
  const broken = new Set<string>()
  const spoiled = new Set<number>()
  for (const { at, what } of plantings) {
    const [account, corruption] = [accounts[at], corruptions[what]]
    if (account === undefined || corruption === undefined || spoiled.has(at)) continue
    if ((corruption.of === 'winner') !== at < stock) continue
    spoiled.add(at)
    corruption.plant(account, { ...couponOf(at + 1, { slot: account.slot }), epoch: 1 })
    broken.add(corruption.breaks)
  }
  return broken
}

/**
 * The verdict on these sources, read in an order in which only answers to one person keep theirs: `order` is
 * drawn from for each.
 */
const judge = (accounts: readonly Account[], stock: number, order: readonly number[]): Check[] => {
  const sources = createSourceTables()
  const queues = accounts.flatMap(({ userId, slot, answers, rows }) => [
    answers.map((answer) => () => sources.addAnswer({ userId, slot, answer })),
    ...rows.map((row) => [() => sources.addRow(row)]),
  ])
  for (let step = 0; queues.some((queue) => queue.length > 0); step += 1) {
    const waiting = queues.filter((queue) => queue.length > 0)
    waiting[(order[step % order.length] ?? 0) % waiting.length]?.shift()?.()
  }
  const checks = compareClients(sources, { campaignId, stock, isLedgerComplete: true })
  sources.close()
  return checks
}

const orders = fc.array(fc.nat(99), { minLength: 1, maxLength: 40 })
const sales = fc.tuple(people, fc.integer({ min: 1, max: 14 }), fc.array(planting, { maxLength: 4 }))
/** Without the examples: of more than ten, the first ten are shown. */
const plain = (checks: readonly Check[]) => checks.map(({ examples: _, ...check }) => check)

test('a verdict fails exactly when a corruption was planted, and names the promises it breaks', () => {
  fc.assert(
    fc.property(sales, orders, ([crowd, stock, plantings], order) => {
      const accounts = accountsOf(crowd, stock)
      const broken = plant(accounts, stock, plantings)
      const checks = judge(accounts, stock, order)
      const failed = verdictsNotPassed(checks)
      if (broken.size === 0) expect(failed).toEqual({})
      const ranks = accounts.flatMap(({ rows }) => rows.map(({ rank }) => rank))
      const gapless = Math.max(0, ...ranks) === ranks.length && new Set(ranks).size === ranks.length
      const through = accounts.filter(({ answers }) =>
        answers.some(({ kind }) => kind === 'granted' || kind === 'sold-out'),
      )
      expect({
        'no-oversell': failed['no-oversell'] !== 'fail',
        'ranks-without-gap': failed['ranks-without-gap'] !== 'fail',
        'nothing-stranded': failed['nothing-stranded'] !== 'fail',
      }).toEqual({
        'no-oversell': ranks.length <= stock,
        'ranks-without-gap': gapless,
        'nothing-stranded': ranks.length >= Math.min(stock, through.length),
      })
      for (const promise of broken) expect(failed[promise]).toBe('fail')
      expect(overallVerdict(checks)).toBe(broken.size === 0 ? 'pass' : 'fail')
    }),
    { numRuns: 150 },
  )
})

test('the order in which the sources are read changes neither verdict nor count', () => {
  fc.assert(
    fc.property(sales, orders, ([crowd, stock, plantings], order) => {
      const accounts = accountsOf(crowd, stock)
      plant(accounts, stock, plantings)
      expect(plain(judge(accounts, stock, order))).toEqual(plain(judge(accounts, stock, [0])))
    }),
    { numRuns: 80 },
  )
})

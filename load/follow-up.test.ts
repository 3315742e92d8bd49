import { expect, test } from 'vitest'
import { type Answer, unanswered } from './answer.ts'
import { createClientsBook } from './clients-book.ts'
import { waitForDrain } from './drain.ts'
import { followUp, pressAgain } from './follow-up.ts'
import { unknownLag } from './ledger-lag.ts'

const granted: Answer = {
  told: { kind: 'granted', coupon: { couponId: 'c', campaignId: 'k', userId: 'u', slot: 1, rank: 1 } },
  outcome: 'granted',
  next: 'nothing',
  retryAfterMs: 0,
}
const none: Answer = { ...unanswered, told: { kind: 'none' }, next: 'press' }
const overloaded: Answer = { ...unanswered, outcome: 'overloaded', next: 'press', retryAfterMs: 1 }
const confirming: Answer = { ...unanswered, told: { kind: 'confirming' } }

const asking = {
  campaignId: 'k',
  tokenOf: String,
  roundsMax: 4,
  waitMaxMs: 1,
  limitMs: 60_000,
  now: () => performance.now(),
}

/** An API that gives these answers one after the other, and remembers what it was asked. */
const scriptedApi = (answers: Answer[]) => {
  const calls: string[] = []
  const next = (what: string) => async (): Promise<Answer> => {
    calls.push(what)
    return answers.shift() ?? unanswered
  }
  return { calls, press: next('press'), outcome: next('outcome') }
}

const paths: [string, Answer, Answer[], string[]][] = [
  ['no answer is asked about', unanswered, [granted], ['outcome']],
  ['nothing granted means pressing again', unanswered, [none, granted], ['outcome', 'press']],
  ['pending is asked about until it is granted', confirming, [confirming, granted], ['outcome', 'outcome']],
  ['overloaded means pressing again', overloaded, [overloaded, granted], ['press', 'press']],
  ['an answer that is final asks nothing', granted, [], []],
]

test.each(paths)('%s', async (_, first, answers, calls) => {
  const book = createClientsBook()
  book.add(0, first)
  const api = scriptedApi(answers)
  expect(await followUp(book, { ...asking, api })).toBe(calls.length > 0 ? 1 : 0)
  expect(api.calls).toEqual(calls)
  expect(book.winners()).toBe(1)
  expect(book.open()).toEqual([])
})

test('who gets no answer stays open after the last round', async () => {
  const book = createClientsBook()
  book.add(0, unanswered)
  const api = scriptedApi([])
  await followUp(book, { ...asking, api })
  expect(api.calls).toHaveLength(asking.roundsMax)
  expect(book.open()).toHaveLength(1)
})

test('no round begins after the limit', async () => {
  const book = createClientsBook()
  book.add(0, unanswered)
  const api = scriptedApi([])
  let nowMs = 0
  const now = (): number => (nowMs += 30)
  await followUp(book, { ...asking, api, limitMs: 70, now })
  expect(api.calls).toHaveLength(2)
})

test('repeats are spread over all who pressed', async () => {
  const pressed: string[] = []
  const api = {
    press: async (_: string, token: string) => {
      pressed.push(token)
      return granted
    },
    outcome: async () => granted,
  }
  const options = { ...asking, api, repeatsMax: 4 }
  expect(await pressAgain(createClientsBook(), 10, options)).toBe(4)
  expect(pressed).toEqual(['0', '3', '6', '9'])
  expect(await pressAgain(createClientsBook(), 2, options)).toBe(2)
})

/** A ledger whose rows are counted as these numbers, one after the other, ten milliseconds apart. */
const drainOf = (counts: number[], changes: object = {}) => {
  let nowMs = 0
  return waitForDrain({
    count: async () => (counts.length > 1 ? counts.shift() : counts[0]) ?? 0,
    lag: unknownLag,
    expected: 10,
    fromMs: 0,
    stallMs: 100,
    limitMs: 1_000,
    now: () => {
      nowMs += 10
      return nowMs
    },
    ...changes,
  })
}

test('the drain ends when all rows are there, at the moment that the last came', async () => {
  expect(await drainOf([2, 2, 10])).toMatchObject({ rows: 10, isComplete: true })
  expect(await drainOf([12])).toMatchObject({ rows: 12, isComplete: true })
})

test('rows that stop coming end the wait, and are not called complete', async () => {
  expect(await drainOf([2, 4])).toMatchObject({ rows: 4, isComplete: false })
})

test('a ledger that has all that the log holds is not waited for', async () => {
  const lag = { mark: async () => async () => true, close: async () => {} }
  expect(await drainOf([2], { lag, stallMs: 1_000_000, limitMs: 1_000_000 })).toMatchObject({
    rows: 2,
    isComplete: false,
  })
})

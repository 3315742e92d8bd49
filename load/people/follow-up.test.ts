import { expect, test } from 'vitest'
import { type Answer, unanswered } from './answer.ts'
import { type AnswerHistory, createAnswerHistory } from './answer-history.ts'
import { waitForDrain } from '../ledger/drain.ts'
import { followUp, pressAgain } from './follow-up.ts'
import { unknownLag } from '../ledger/drain-lag.ts'

const granted: Answer = {
  told: { kind: 'granted', coupon: { couponId: 'c', campaignId: 'k', userId: 'u', slot: 1, rank: 1 } },
  outcome: 'granted',
  next: 'nothing',
  retryAfterMs: 0,
  gate: 'silent',
}
const none: Answer = { ...unanswered, told: { kind: 'none' }, next: 'press' }
const overloaded: Answer = { ...unanswered, outcome: 'overloaded', next: 'press', retryAfterMs: 1 }
const confirming: Answer = { ...unanswered, told: { kind: 'confirming' } }

const asking = {
  campaignId: 'k',
  tokenOf: String,
  waitMaxMs: 1,
  limitMs: 60_000,
  now: () => performance.now(),
}

/** A book in which these shoppers, numbered from 0, were answered so just now. */
const bookOf = (...answers: Answer[]): AnswerHistory => {
  const book = createAnswerHistory()
  const nowMs = asking.now()
  for (const [shopper, answer] of answers.entries())
    book.add(shopper, answer, { sentMs: nowMs, answeredMs: nowMs })
  return book
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
  const book = bookOf(first)
  const api = scriptedApi(answers)
  expect(await followUp(book, { ...asking, api })).toBe(calls.length > 0 ? 1 : 0)
  expect(api.calls).toEqual(calls)
  expect(book.winnerCount()).toBe(1)
  expect(book.open()).toEqual([])
})

test('who gets no answer stays open after the limit, and nobody asks after it', async () => {
  const book = bookOf(unanswered, unanswered)
  const api = scriptedApi([])
  const startedAtMs = asking.now()
  // Every look at the clock is 30 ms later.
  let looks = 0
  const now = (): number => startedAtMs + (looks += 1) * 30
  expect(await followUp(book, { ...asking, api, limitMs: 200, now })).toBe(2)
  expect(book.open()).toHaveLength(2)
  expect(api.calls.length).toBeGreaterThan(0)
  expect(api.calls.length).toBeLessThan(8)
})

test('each shopper comes back when they were asked to, not before and not with the slowest', async () => {
  const fromMs = asking.now()
  const book = bookOf(
    { ...overloaded, retryAfterMs: 300 },
    { ...overloaded, retryAfterMs: 1 },
    { ...overloaded, retryAfterMs: 90_000 },
  )
  const came: { shopper: string; afterMs: number }[] = []
  const api = {
    press: async (_: string, shopper: string) => {
      came.push({ shopper, afterMs: asking.now() - fromMs })
      return granted
    },
    outcome: async () => unanswered,
  }
  await followUp(book, { ...asking, api, waitMaxMs: 500 })
  expect(came.map(({ shopper }) => shopper)).toEqual(['1', '0', '2'])
  expect(came.map(({ afterMs }, index) => afterMs >= ([100, 300, 500][index] ?? 0))).toEqual([
    true,
    true,
    true,
  ])
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
  expect(await pressAgain(createAnswerHistory(), 10, options)).toBe(4)
  expect(pressed).toEqual(['0', '3', '6', '9'])
  expect(await pressAgain(createAnswerHistory(), 2, options)).toBe(2)
})

test('the book knows what each answer said of the gate, and when it was asked and told', async () => {
  const book = createAnswerHistory()
  book.add(0, { ...overloaded, gate: 'recovering' }, { sentMs: 1, answeredMs: 2 })
  book.add(1, unanswered, { sentMs: 2, answeredMs: 3 })
  const now = (() => {
    let nowMs = 1_000
    return () => (nowMs += 10)
  })()
  const options = { ...asking, now, repeatsMax: 1 }
  await pressAgain(book, 1, { ...options, api: scriptedApi([{ ...granted, gate: 'deciding' }]) })
  expect(book.gateObservations()).toEqual([
    { gate: 'recovering', sentMs: 1, answeredMs: 2 },
    { gate: 'deciding', sentMs: 1_010, answeredMs: 1_020 },
  ])
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

import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type Answer, unanswered } from './answer.ts'
import { type AnswerHistory, createAnswerHistory } from './answer-history.ts'
import { followUp, pressAgain } from './follow-up.ts'

const granted: Answer = {
  meaning: { kind: 'granted', coupon: { couponId: 'c', campaignId: 'k', userId: 'u', slot: 1, rank: 1 } },
  outcome: 'granted',
  next: 'nothing',
  retryAfterMs: 0,
  gate: 'silent',
}
const none: Answer = { ...unanswered, meaning: { kind: 'none' }, next: 'press' }
const overloaded: Answer = { ...unanswered, outcome: 'overloaded', next: 'press', retryAfterMs: 1 }
const confirming: Answer = { ...unanswered, meaning: { kind: 'confirming' } }

const asking = {
  campaignId: 'k',
  tokenOf: String,
  waitMaxMs: 1,
  limitMs: 60_000,
  now: () => performance.now(),
}

/** A history in which shoppers 0, 1, 2 and so on have just got these answers. */
const historyOf = (...answers: Answer[]): AnswerHistory => {
  const history = createAnswerHistory()
  const nowMs = asking.now()
  for (const [shopper, answer] of answers.entries())
    history.add(shopper, answer, { sentMs: nowMs, answeredMs: nowMs })
  return history
}

/** An API that gives these answers in turn, and records its calls. */
const scriptedApi = (answers: Answer[]) => {
  const calls: string[] = []
  const next = (what: string) => async (): Promise<Answer> => {
    calls.push(what)
    return answers.shift() ?? unanswered
  }
  return { calls, press: next('press'), outcome: next('outcome') }
}

describe('shoppers without a final answer go on', () => {
  const paths: [string, Answer, Answer[], string[]][] = [
    ['no answer: ask for the outcome', unanswered, [granted], ['outcome']],
    ['nothing granted: press again', unanswered, [none, granted], ['outcome', 'press']],
    ['pending: ask until it is granted', confirming, [confirming, granted], ['outcome', 'outcome']],
    ['overloaded: press again', overloaded, [overloaded, granted], ['press', 'press']],
    ['a final answer: nothing', granted, [], []],
  ]

  test.each(paths)('what a shopper does after an answer: %s', async (_, first, answers, calls) => {
    const history = historyOf(first)
    const api = scriptedApi(answers)
    expect(await followUp(history, { ...asking, api })).toBe(calls.length > 0 ? 1 : 0)
    expect(api.calls).toEqual(calls)
    expect(history.winnerCount()).toBe(1)
    expect(history.open()).toEqual([])
  })

  test('a shopper without an answer stays open after the limit, and asks no more', async () => {
    const history = historyOf(unanswered, unanswered)
    const api = scriptedApi([])
    expect(await followUp(history, { ...asking, api, waitMaxMs: 60, limitMs: 200 })).toBe(2)
    expect(history.open()).toHaveLength(2)
    const asked = api.calls.length
    expect(asked).toBeGreaterThan(0)
    expect(asked).toBeLessThan(8)
    await wait(150)
    expect(api.calls).toHaveLength(asked)
  })

  test('no more than 64 requests are in flight', async () => {
    const history = historyOf(...Array.from({ length: 200 }, () => unanswered))
    let [inFlight, inFlightMost] = [0, 0]
    const outcome = async (): Promise<Answer> => {
      inFlightMost = Math.max(inFlightMost, (inFlight += 1))
      await wait(5)
      inFlight -= 1
      return granted
    }
    expect(await followUp(history, { ...asking, api: { press: outcome, outcome } })).toBe(200)
    expect(inFlightMost).toBe(64)
    expect(history.winnerCount()).toBe(200)
  })

  test('each shopper returns after the wait that was asked for, not with the slowest', async () => {
    const fromMs = asking.now()
    const history = historyOf(
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
    await followUp(history, { ...asking, api, waitMaxMs: 500 })
    expect(came.map(({ shopper }) => shopper)).toEqual(['1', '0', '2'])
    expect(came.map(({ afterMs }, index) => afterMs >= ([100, 300, 500][index] ?? 0))).toEqual([
      true,
      true,
      true,
    ])
  })
})

describe('shoppers press once more', () => {
  test('those who press once more are spread over all shoppers', async () => {
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

  test('the history has what each answer said about the gate, with both times', async () => {
    const history = createAnswerHistory()
    history.add(0, { ...overloaded, gate: 'recovering' }, { sentMs: 1, answeredMs: 2 })
    history.add(1, unanswered, { sentMs: 2, answeredMs: 3 })
    const now = (() => {
      let nowMs = 1_000
      return () => (nowMs += 10)
    })()
    const options = { ...asking, now, repeatsMax: 1 }
    await pressAgain(history, 1, { ...options, api: scriptedApi([{ ...granted, gate: 'deciding' }]) })
    expect(history.gateObservations()).toEqual([
      { gate: 'recovering', sentMs: 1, answeredMs: 2 },
      { gate: 'deciding', sentMs: 1_010, answeredMs: 1_020 },
    ])
  })
})

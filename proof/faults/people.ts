import { unanswered } from '../../load/people/answer.ts'
import { type AnswerHistory, createAnswerHistory } from '../../load/people/answer-history.ts'
import { createApiClient } from '../../load/people/api-client.ts'
import { evenlySpread } from '../../load/people/follow-up.ts'
import { createPersistentShoppers, type ShopperAct } from '../../load/people/persistent-shoppers.ts'
import { askAgainWhileStopped } from './clock-answer.ts'
import { isContractBreach } from './contract-breach.ts'
import type { Win } from './judge-changes.ts'
import { createLongestSilence } from './longest-silence.ts'
import type { SaleOperator } from './sale-operator.ts'

/** Everybody who presses in one round. */
export type People = {
  /**
   * From now on this many new people arrive a second. Infinity: as fast as requests are answered; 0: nobody.
   */
  pace(peoplePerSecond: number): void
  /** Requests without an answer yet. */
  inFlight(): number
  /** Answers of the API so far. */
  answered(): number
  /** People who were shown a coupon so far. */
  winnerCount(): number
  /** People who pressed so far. */
  count(): number
  /** Presses so far, repeats included; a request for the outcome is none. */
  presses(): number
  /** The longest time in ms in which somebody waited and no API process answered anybody. */
  silenceMsMax(): number
  /**
   * Nobody new arrives. The others go on until their answer is final, or give up after `limitMs`.
   * Resolves with the number of those who gave up.
   */
  settle(limitMs: number): Promise<number>
  /** Up to `count` people, evenly spread, press once more, and go on as in `settle`. */
  pressAgain(count: number, limitMs: number): Promise<void>
  history: AnswerHistory
  userId(person: number): string
  /** Answers that the contract does not have, by outcome. */
  breaches(): ReadonlyMap<string, number>
  /** First presses and wins of everybody who was shown a coupon, or told that it is being confirmed. */
  wins(): readonly Win[]
  /** True once somebody was answered that nothing is left. */
  isSoldOut(): boolean
  /** Stops everybody and closes every connection. */
  close(): Promise<void>
}

export type PeopleOptions = {
  /** The API processes. A person without an answer from one turns to the next. */
  urls: readonly string[]
  campaignId: string
  sign(userId: string, lifetimeSeconds: number): string
  /** Requests in flight, at most. */
  requestsMax: number
  /** Nobody waits longer for an answer. */
  patienceMs: number
  /** A clock in fractional milliseconds. */
  now(): number
  /** Who may have stopped the sale. */
  operator: Pick<SaleOperator, 'mayBeClosed' | 'mayBePaused'>
  /**
   * At least 0, below 1. It decides which API a person starts with, and when they press instead of asking.
   */
  random(): number
}

/** `firstSentMs`: when they pressed first. */
type Person = { token: string; clientAt: number; firstSentMs: number | undefined; hasWon: boolean }

// Longer than a clock jumps ahead.
const tokenLifetimeSeconds = 7 * 24 * 3_600
const arrivalIntervalMs = 20
// People without a final answer, for each request that may be in flight: nobody new arrives beyond that.
const openFactor = 16

/** Nobody has arrived yet. */
export const gatherPeople = (options: PeopleOptions): People => {
  const { urls, campaignId, requestsMax, patienceMs, now, random, operator } = options
  const clients = urls.map((url) =>
    createApiClient({ url, adminToken: '', connections: requestsMax, answerTimeoutMs: patienceMs }),
  )
  const history = createAnswerHistory()
  const silence = createLongestSilence(now)
  const breaches = new Map<string, number>()
  const people: Person[] = []
  const wins: Win[] = []
  const counts = { answered: 0, presses: 0 }
  let peoplePerSecond = 0
  let owed = 0
  let pacedMs = now()
  let isSoldOut = false

  const breach = (outcome: string): void => {
    breaches.set(outcome, (breaches.get(outcome) ?? 0) + 1)
  }

  const userId = (person: number): string => `faults-${campaignId.slice(-8)}-${person + 1}`

  const ask = async (person: number, act: ShopperAct) => {
    const asking = people[person] ?? { token: '', clientAt: 0, firstSentMs: undefined, hasWon: false }
    silence.asks(person)
    if (act === 'press') counts.presses += 1
    const sentMs = now()
    asking.firstSentMs ??= sentMs
    const answer = askAgainWhileStopped(
      (await clients[asking.clientAt]?.[act](campaignId, asking.token)) ?? unanswered,
      operator.mayBeClosed(),
    )
    const answeredMs = now()
    if (answer === unanswered) asking.clientAt = (asking.clientAt + 1) % clients.length
    else {
      counts.answered += 1
      silence.answered(person)
    }
    if (answer.meaning.kind === 'sold-out') isSoldOut = true
    if (isContractBreach(answer)) breach(answer.outcome)
    if (answer.outcome === 'paused' && !operator.mayBePaused(sentMs, answeredMs))
      breach('paused, and nobody paused the sale')
    if (!asking.hasWon && (answer.meaning.kind === 'granted' || answer.meaning.kind === 'confirming')) {
      asking.hasWon = true
      wins.push({ firstSentMs: asking.firstSentMs, wonMs: answeredMs })
    }
    history.add(person, answer, { sentMs, answeredMs })
    return answer
  }

  const owe = (): void => {
    const nowMs = now()
    const due = peoplePerSecond === Infinity ? requestsMax : ((nowMs - pacedMs) * peoplePerSecond) / 1_000
    // People who could not press for a long time do not arrive all at once.
    owed = Math.min(owed + due, requestsMax)
    pacedMs = nowMs
  }
  const newcomer = (): number | undefined => {
    owe()
    if (owed < 1 || shoppers.count() >= openFactor * requestsMax) return undefined
    owed -= 1
    const token = options.sign(userId(people.length), tokenLifetimeSeconds)
    const clientAt = Math.floor(random() * clients.length)
    return people.push({ token, clientAt, firstSentMs: undefined, hasWon: false }) - 1
  }
  const shoppers = createPersistentShoppers({
    concurrency: requestsMax,
    ask,
    newcomer,
    onGaveUp: silence.gaveUp,
    random,
  })
  const arrivals = setInterval(shoppers.admit, arrivalIntervalMs)

  const setPace = (next: number): void => {
    shoppers.admit()
    owe()
    peoplePerSecond = next
    owed = 0
  }

  return {
    history,
    userId,
    pace: setPace,
    inFlight: shoppers.inFlight,
    answered: () => counts.answered,
    winnerCount: history.winnerCount,
    count: () => people.length,
    presses: () => counts.presses,
    silenceMsMax: silence.longestMs,
    breaches: () => breaches,
    wins: () => wins,
    isSoldOut: () => isSoldOut,
    async settle(limitMs) {
      setPace(0)
      await shoppers.settle(limitMs)
      return history.open().length
    },
    async pressAgain(count, limitMs) {
      for (const person of evenlySpread(people.length, count)) shoppers.start(person, 'press')
      await shoppers.settle(limitMs)
    },
    async close() {
      setPace(0)
      clearInterval(arrivals)
      const settled = shoppers.settle(0)
      await Promise.all(clients.map((client) => client.close()))
      await settled
    },
  }
}

import { unanswered } from '../../load/people/answer.ts'
import { createApiClient } from '../../load/people/api-client.ts'
import { type AnswerHistory, createAnswerHistory } from '../../load/people/answer-history.ts'
import { livePerson, type Question } from './person.ts'
import { isContractBreach } from './contract-breach.ts'
import { createPlaces } from './places.ts'
import { createLongestSilence } from './longest-silence.ts'

/** Everybody who presses in one round. */
export type People = {
  /** From now on this many new people come a second; Infinity: as fast as requests are answered, 0: nobody. */
  pace(peoplePerSecond: number): void
  /** Requests that left and have no answer yet. */
  inFlight(): number
  /** Answers of the API so far. */
  answered(): number
  /** People who were told that they have a coupon so far. */
  winners(): number
  /** People who pressed so far. */
  count(): number
  /** Presses so far, repeats among them; asking what came of a press is none. */
  presses(): number
  /** The longest time so far in which somebody waited and nobody was answered, by any API process, ms. A refusal is an answer. */
  silenceMsMax(): number
  /**
   * Nobody new comes; whoever pressed goes on until the answer is final, or until `limitMs` are over. Resolves with how many are still
   * open: they have given up.
   */
  settle(limitMs: number): Promise<number>
  /** Up to `count` people, evenly spread, press once more, and go on until the answer is final, or until `limitMs` are over. */
  pressAgain(count: number, limitMs: number): Promise<void>
  /** What each was told. */
  book: AnswerHistory
  userId(person: number): string
  /** How often an API answered what the contract does not have, by what it was. */
  breaches(): ReadonlyMap<string, number>
  /** Whether somebody was told that nothing is left. */
  isSoldOut(): boolean
  /** Nobody comes or asks any more, and every connection is hung up. */
  close(): Promise<void>
}

export type PeopleOptions = {
  /** The API processes: whoever is not answered by one goes to the next. */
  urls: readonly string[]
  campaignId: string
  sign(userId: string, lifetimeSeconds: number): string
  /** Requests that are under way at once, at the most. */
  personsMax: number
  /** Nobody waits longer for an answer. */
  patienceMs: number
  /** A clock in fractional milliseconds. */
  now(): number
  /** Decides who asks where, and who presses again instead of asking; at least 0, below 1. */
  random(): number
}

// Longer than a round is allowed to take.
const tokenLifetimeSeconds = 3_600
const arrivalIntervalMs = 20
// People with an open answer for each request that may be under way: while everything stands still no more come.
const openFactor = 16

/** Nobody came yet. */
export const gatherPeople = (options: PeopleOptions): People => {
  const { campaignId, personsMax, now, random } = options
  const clients = options.urls.map((url) =>
    createApiClient({
      url,
      adminToken: '',
      connections: personsMax,
      answerTimeoutMs: options.patienceMs,
    }),
  )
  const book = createAnswerHistory()
  const silence = createLongestSilence(now)
  const places = createPlaces(personsMax)
  const living = new Set<Promise<void>>()
  const tokens: string[] = []
  const counts = { inFlight: 0, answered: 0, presses: 0 }
  const breaches = new Map<string, number>()
  let peoplePerSecond = 0
  let owed = 0
  let pacedMs = now()
  let isSoldOut = false
  let ending = new AbortController()

  const userId = (person: number): string => `faults-${campaignId.slice(-8)}-${person + 1}`

  const ask = async (person: number, { act, at }: Question) => {
    const client = clients[at]
    const { signal } = ending
    await places.take()
    // Gave up in the queue: this question never left.
    if (signal.aborted) {
      places.give()
      return unanswered
    }
    silence.asks(person)
    counts.inFlight += 1
    if (act === 'press') counts.presses += 1
    const sentMs = now()
    const answer = (await client?.[act](campaignId, tokens[person] ?? '')) ?? unanswered
    counts.inFlight -= 1
    places.give()
    if (answer !== unanswered) {
      counts.answered += 1
      silence.answered(person)
    }
    if (answer.told.kind === 'sold-out') isSoldOut = true
    if (isContractBreach(answer)) breaches.set(answer.outcome, (breaches.get(answer.outcome) ?? 0) + 1)
    book.add(person, answer, { sentMs, answeredMs: now() })
    arrive()
    return answer
  }

  const live = (person: number): void => {
    const life = livePerson({
      places: clients.length,
      ask: (question) => ask(person, question),
      random,
      ending: ending.signal,
    }).then(() => {
      silence.gaveUp(person)
      living.delete(life)
    })
    living.add(life)
  }

  const arrive = (): void => {
    const nowMs = now()
    // Who found no place for long does not come later in a crowd.
    const came = peoplePerSecond === Infinity ? personsMax : ((nowMs - pacedMs) * peoplePerSecond) / 1_000
    owed = Math.min(owed + came, personsMax)
    pacedMs = nowMs
    for (; owed >= 1 && places.isFree() && living.size < openFactor * personsMax; owed -= 1) {
      const person = tokens.length
      tokens.push(options.sign(userId(person), tokenLifetimeSeconds))
      live(person)
    }
  }
  const arrivals = setInterval(arrive, arrivalIntervalMs)

  const setPace = (next: number): void => {
    arrive()
    peoplePerSecond = next
    owed = 0
  }

  /** Until everybody has a final answer, or has given up after `limitMs` and one patience. */
  const untilQuiet = async (limitMs: number): Promise<void> => {
    const timer = setTimeout(() => ending.abort(), limitMs)
    while (living.size > 0) await Promise.all(living)
    clearTimeout(timer)
    ending = new AbortController()
  }

  return {
    book,
    userId,
    pace: setPace,
    inFlight: () => counts.inFlight,
    answered: () => counts.answered,
    winners: book.winnerCount,
    count: () => tokens.length,
    presses: () => counts.presses,
    silenceMsMax: silence.longestMs,
    breaches: () => breaches,
    isSoldOut: () => isSoldOut,
    async settle(limitMs) {
      setPace(0)
      await untilQuiet(limitMs)
      return book.open().length
    },
    async pressAgain(count, limitMs) {
      const step = Math.max(1, Math.ceil(tokens.length / count))
      for (let person = 0; person < tokens.length; person += step) live(person)
      await untilQuiet(limitMs)
    },
    async close() {
      setPace(0)
      clearInterval(arrivals)
      ending.abort()
      await Promise.all(clients.map((client) => client.close()))
      await Promise.all(living)
    },
  }
}

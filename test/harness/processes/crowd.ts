import { Agent, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { type StoredFacts, couponIn } from '../values/stored-facts.ts'
import { newUser, tokenOf } from './http-client.ts'
import { until } from '../values/until.ts'

/** What became of one press: the answer to the last try, or the fault of it. */
export type Pressed = {
  userId: string
  /** 0: there was none. */
  status: number
  body: Record<string, unknown>
  tries: number
  /** From the first try to the answer. */
  tookMs: number
  fault?: string
}

/** People who press, each over a connection of their own that is kept alive, and turn to another process when one fails them. */
export type Crowd = {
  readonly pressed: readonly Pressed[]
  /** Tries that brought no answer of use, by what came instead. */
  readonly faults: ReadonlyMap<string, number>
  /** Resolves once so many more are answered. */
  goesOn(count: number): Promise<void>
  /** Nobody begins another press; resolves when all have their answer. */
  end(): Promise<void>
  /** The figures in one line. */
  figures(): string
}

export type CrowdOptions = {
  urls: readonly string[]
  campaignId: string
  people: number
  /** Between the answer to one press and the next. */
  pauseMs: number
}

const triesMax = 3
const triesWithinMs = 5_000
const betweenTriesMs = 100

type Answer = Pick<Pressed, 'status' | 'body'>

const post = (url: string, agent: Agent, userId: string): Promise<Answer> => {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const asked = request(url, {
    ...{ method: 'POST', agent, timeout: triesWithinMs },
    headers: { authorization: `Bearer ${tokenOf(userId)}` },
  })
  asked.on('timeout', () => asked.destroy(new Error('no answer in time')))
  asked.on('error', reject)
  asked.on('response', (response) => {
    let text = ''
    response.on('data', (bytes) => (text += String(bytes)))
    response.on('error', reject)
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }))
  })
  asked.end()
  return promise
}

/** The people begin at once, half of them at each address. */
export const gatherCrowd = ({ urls, campaignId, people, pauseMs }: CrowdOptions): Crowd => {
  const pressed: Pressed[] = []
  const faults = new Map<string, number>()
  let ending = false
  let answeredAtMs = performance.now()
  let silenceMs = 0

  const press = async (agent: Agent, person: number): Promise<Pressed> => {
    const userId = newUser()
    const begunAtMs = performance.now()
    const passedMs = (): number => performance.now() - begunAtMs
    let last: Pick<Pressed, 'status' | 'body' | 'fault'> = { status: 0, body: {} }
    let tries = 0
    while (tries < triesMax && passedMs() < triesWithinMs) {
      const url = urls[(person + tries) % urls.length]
      tries += 1
      try {
        last = await post(`${url}/v1/campaigns/${campaignId}/coupons`, agent, userId)
        if (last.status < 500) break
        last.fault = `${last.status} ${String(last.body['code'])}`
      } catch (cause) {
        const { code, message } = cause as NodeJS.ErrnoException
        last = { status: 0, body: {}, fault: code ?? message }
      }
      faults.set(last.fault ?? '', (faults.get(last.fault ?? '') ?? 0) + 1)
      if (tries < triesMax) await pause(betweenTriesMs)
    }
    return { userId, tries, tookMs: passedMs(), ...last }
  }

  const live = async (person: number): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    while (!ending) {
      const one = await press(agent, person)
      pressed.push(one)
      silenceMs = Math.max(silenceMs, performance.now() - answeredAtMs)
      answeredAtMs = performance.now()
      // People do not press without end: this is the load, not a wait for something.
      if (pauseMs > 0) await pause(pauseMs)
    }
    agent.destroy()
  }
  const lives = Array.from({ length: people }, (_, person) => live(person))
  return {
    ...{ pressed, faults },
    async goesOn(count) {
      const goal = pressed.length + count
      await until(`${count} more are answered`, () => pressed.length >= goal)
    },
    async end() {
      ending = true
      await Promise.all(lives)
    },
    figures() {
      const again = pressed.filter(({ tries }) => tries > 1)
      const kinds = [...faults].map(([fault, count]) => `${count} ${fault}`).join(', ')
      const longestMs = Math.max(...pressed.map(({ tookMs }) => tookMs))
      return (
        `${pressed.length} presses, ${again.length} of them needed another try (${kinds || 'no faults'}), at most ` +
        `${Math.max(...pressed.map(({ tries }) => tries))} tries; the longest press took ${longestMs.toFixed(0)} ms, ` +
        `the longest time in which nobody was answered was ${silenceMs.toFixed(0)} ms`
      )
    },
  }
}

/** Everybody was answered in the end; who was told yes has that row and nobody another; the stock is sold to the last coupon and not beyond. */
export const expectExact = async (
  books: StoredFacts,
  campaignId: string,
  stock: number,
  pressed: readonly Pressed[],
): Promise<void> => {
  expect(pressed.filter(({ status }) => ![200, 201, 202, 409].includes(status))).toEqual([])
  const told = pressed
    .filter(({ status }) => status !== 409)
    .map(({ status, body }) => couponIn({ status, body, headers: new Headers() }))
  const rows = await books.drained(campaignId, stock)
  expect(told.sort((left, right) => left.rank - right.rank)).toEqual(rows)
  expect(rows.map(({ rank }) => rank)).toEqual(Array.from({ length: stock }, (_, index) => index + 1))
}

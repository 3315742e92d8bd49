import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { createHttpPool, type HttpPool } from '../../../load/people/http-pool.ts'
import { issuePath } from '../../../load/people/shoppers.ts'
import { couponIn, type StoredFacts } from '../values/stored-facts.ts'
import { until } from '../values/until.ts'
import { newUser, tokenOf } from './http-client.ts'

/** One press, over all its tries: the answer to the last one, or its fault. */
export type CrowdPress = {
  userId: string
  /** 0 without an answer. */
  status: number
  body: Record<string, unknown>
  tries: number
  /** From the first try to the answer. */
  tookMs: number
  fault?: string
}

/**
 * People who press. Each keeps one connection to each process, and turns to another process after a fault.
 */
export type Crowd = {
  readonly pressed: readonly CrowdPress[]
  /** Tries without a useful answer, by error code or answer. */
  readonly faults: ReadonlyMap<string, number>
  /** Resolves when `count` more presses are answered. */
  goesOn(count: number): Promise<void>
  /** Starts no further press, and resolves when all are answered. */
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

// What is promised to people while processes restart: they never need more than this.
const triesMax = 3
const triesWithinMs = 5_000
const betweenTriesMs = 100

/** A killed process resets its connections, or only ends those of which it had read everything. */
const faultOf = (cause: NodeJS.ErrnoException): string =>
  cause.code === 'UND_ERR_SOCKET' ? 'ECONNRESET' : (cause.code ?? cause.message)

/** The people start at once, spread over the addresses. */
export const gatherCrowd = ({ urls, campaignId, people, pauseMs }: CrowdOptions): Crowd => {
  const pressed: CrowdPress[] = []
  const faults = new Map<string, number>()
  let isEnding = false
  let answeredAtMs = performance.now()
  let silenceMs = 0

  const press = async (pools: readonly HttpPool[], person: number): Promise<CrowdPress> => {
    const userId = newUser()
    const token = tokenOf(userId)
    const startedAtMs = performance.now()
    const passedMs = (): number => performance.now() - startedAtMs
    let last: Pick<CrowdPress, 'status' | 'body' | 'fault'> = { status: 0, body: {} }
    let tries = 0
    while (tries < triesMax && passedMs() < triesWithinMs) {
      const pool = pools[(person + tries) % pools.length]
      if (pool === undefined) throw new Error('a crowd needs an address')
      tries += 1
      try {
        const { status, body } = await pool.send('POST', issuePath(campaignId), { token })
        last = { status, body: JSON.parse(body) }
        if (status < 500) break
        last.fault = `${status} ${String(last.body['code'])}`
      } catch (cause) {
        last = { status: 0, body: {}, fault: faultOf(cause as NodeJS.ErrnoException) }
      }
      faults.set(last.fault ?? '', (faults.get(last.fault ?? '') ?? 0) + 1)
      if (tries < triesMax) await pause(betweenTriesMs)
    }
    return { userId, tries, tookMs: passedMs(), ...last }
  }

  const live = async (person: number): Promise<void> => {
    const pools = urls.map((url) => createHttpPool({ url, connections: 1, answerTimeoutMs: triesWithinMs }))
    while (!isEnding) {
      pressed.push(await press(pools, person))
      silenceMs = Math.max(silenceMs, performance.now() - answeredAtMs)
      answeredAtMs = performance.now()
      // This is the pace of the load, not a wait for a condition.
      if (pauseMs > 0) await pause(pauseMs)
    }
    await Promise.all(pools.map((pool) => pool.close()))
  }
  const lives = Array.from({ length: people }, (_, person) => live(person))
  return {
    pressed,
    faults,
    async goesOn(count) {
      const goal = pressed.length + count
      await until(`${count} more are answered`, () => pressed.length >= goal)
    },
    async end() {
      isEnding = true
      await Promise.all(lives)
    },
    figures() {
      const again = pressed.filter(({ tries }) => tries > 1)
      const kinds = [...faults].map(([fault, count]) => `${count} ${fault}`).join(', ')
      const longestMs = Math.max(...pressed.map(({ tookMs }) => tookMs))
      return (
        `${pressed.length} presses, ${again.length} of them with a further try (${kinds || 'no faults'}), at most ` +
        `${Math.max(...pressed.map(({ tries }) => tries))} tries; the longest press took ${longestMs.toFixed(0)} ms, ` +
        `the longest time without an answer to anybody was ${silenceMs.toFixed(0)} ms`
      )
    },
  }
}

/**
 * Everybody has a final answer. The coupons that were shown are exactly the rows. The stock is sold to the
 * last unit and not beyond.
 */
export const expectExact = async (
  stored: StoredFacts,
  campaignId: string,
  stock: number,
  pressed: readonly CrowdPress[],
): Promise<void> => {
  expect(pressed.filter(({ status }) => ![200, 201, 202, 409].includes(status))).toEqual([])
  const shown = pressed
    .filter(({ status }) => status !== 409)
    .map(({ status, body }) => couponIn({ status, body, headers: new Headers() }))
  const rows = await stored.drained(campaignId, stock)
  expect(shown.sort((left, right) => left.rank - right.rank)).toEqual(rows)
  expect(rows.map(({ rank }) => rank)).toEqual(Array.from({ length: stock }, (_, index) => index + 1))
}

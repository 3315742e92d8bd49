import { setTimeout as wait } from 'node:timers/promises'
import type { AnswerSheet } from './answer-sheet.ts'
import { createArrivalQueue } from './arrival-queue.ts'
import { type ClientPoolCounts, type ClientPoolOptions, createClientPool } from './client-pool.ts'

/**
 * An open-loop load: people keep arriving whatever the server does, give up when they wait too long, and
 * return.
 */
export type Rush = ClientPoolOptions & {
  connections: number
  /** New people a second, in the order of `requests`; all of them at once when left out. */
  peoplePerSecond?: number
  /** Nobody presses after this long. */
  lastsMs: number
}

/** What a rush counted; the answers are on the sheet. */
export type RushCounts = Omit<ClientPoolCounts, 'done'> & {
  /** People who pressed. They are the shoppers numbered from 0 to below this. */
  people: number
  /** People who arrived, and found no free connection until the end. */
  heldBack: number
  /** Grants (200, 201, 202) until nobody pressed any longer. */
  grants: number
  /** From the first possible press until nobody pressed any longer. */
  lastedMs: number
}

// How often arrivals and overdue presses are looked at.
const tickMs = 10

/**
 * Opens every connection, and lets people press until the time is over or each has an answer. Then it waits
 * for the presses in flight, and closes. autocannon cannot do this: its clients never give up, and its rate
 * mode sends the presses of each second within 100 ms. It also takes more of the processor.
 */
export const runRush = async (rush: Rush, sheet: AnswerSheet): Promise<RushCounts> => {
  const { requests, now, lastsMs, peoplePerSecond = Infinity } = rush
  const arrivals = createArrivalQueue(requests.length)
  const pool = createClientPool(rush, sheet, arrivals)
  const { counts } = pool
  await pool.open(rush.connections)
  const fromMs = now()
  for (let nowMs = fromMs; nowMs - fromMs < lastsMs && counts.done < requests.length; nowMs = now()) {
    arrivals.arrive(Math.ceil(((nowMs - fromMs + tickMs) / 1_000) * peoplePerSecond), nowMs)
    pool.dispatch()
    pool.giveUpOverdue(nowMs)
    await wait(tickMs)
  }
  pool.end()
  // When everybody has an answer, the rush lasted until the last of them.
  const endMs = counts.done === requests.length ? sheet.moments().lastAnswerMs : now()
  const grants = sheet.grantedCount()
  const people = arrivals.servedCount()
  const heldBack = arrivals.waitingCount()
  while (pool.inFlight() > 0) {
    pool.giveUpOverdue(now())
    await wait(tickMs)
  }
  pool.close()
  const { presses, gaveUp, refusalsMs, waitsMs } = counts
  return { people, heldBack, grants, lastedMs: endMs - fromMs, presses, gaveUp, refusalsMs, waitsMs }
}

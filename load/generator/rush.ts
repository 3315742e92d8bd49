import { setTimeout as wait } from 'node:timers/promises'
import type { AnswerSheet } from './answer-sheet.ts'
import { createCallers } from './callers.ts'
import { createTurns } from './turns.ts'

/** People who keep coming over many connections, wait no longer than they please, and press again as people do. */
export type Rush = {
  /** Origin of the server. */
  url: string
  /** The press of every shopper, complete; they come in this order. */
  requests: readonly Buffer[]
  connections: number
  /** New people a second, whatever the server does; all of them at once when left out. */
  peoplePerSecond?: number
  /** A press without an answer for this long is given up: that person hangs up, and presses again on a new connection. */
  patienceMs: number
  /** Nobody presses after this long. */
  lastsMs: number
  now(): number
}

/** What became of a rush; the answers are on the sheet. */
export type RushCounts = {
  /** People who pressed: the first so many. */
  people: number
  /** People who came and found no connection free until the end. */
  heldBack: number
  presses: number
  /** How long each press took that was answered 429 or 503. */
  refusalsMs: number[]
  gaveUp: number
  /** Grants (200, 201, 202) until nobody pressed any more, and how long that was after the first could. */
  grants: number
  lastedMs: number
  /** From wanting a coupon, with all refusals and repeats, to the grant, of each who got one. */
  waitsMs: number[]
}

// How often it is seen who comes, and who has waited too long.
const tickMs = 10

/**
 * The generator of `overload`: opens every connection and asks one small thing over each, so that no shopper pays for opening it; then
 * lets people in until the time is over or all have their answer, waits for what is under way, and hangs up. autocannon
 * takes neither a rate (it sends each second's share in its first 100 ms) nor people who hang up, and costs more of the
 * processor that everything shares. `onOpen` is called when the connections stand.
 */
export const runRush = async (rush: Rush, sheet: AnswerSheet, onOpen = () => {}): Promise<RushCounts> => {
  const { requests, now, lastsMs, peoplePerSecond = Infinity } = rush
  const counts: RushCounts & { done: number } = {
    ...{ people: 0, heldBack: 0, presses: 0, gaveUp: 0, grants: 0, lastedMs: 0 },
    ...{ waitsMs: [], refusalsMs: [], done: 0 },
  }
  const turns = createTurns(requests.length)
  const connections = createCallers(rush, sheet, turns, counts)
  await connections.open(rush.connections)
  onOpen()
  const fromMs = now()
  for (let nowMs = fromMs; nowMs - fromMs < lastsMs && counts.done < requests.length; nowMs = now()) {
    turns.arrive(Math.ceil(((nowMs - fromMs + tickMs) / 1_000) * peoplePerSecond), nowMs)
    connections.dispatch()
    connections.giveUpWhoWaitedLong(nowMs)
    await wait(tickMs)
  }
  connections.end()
  // When all have their answer, it lasted until the last of them.
  counts.lastedMs = (counts.done === requests.length ? sheet.moments().lastAnswerMs : now()) - fromMs
  counts.grants = sheet.grantedCount()
  counts.people = turns.served()
  counts.heldBack = turns.waiting()
  while (connections.underWay() > 0) {
    connections.giveUpWhoWaitedLong(now())
    await wait(tickMs)
  }
  connections.hangUp()
  return counts
}

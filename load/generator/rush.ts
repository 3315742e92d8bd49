import { setTimeout as wait } from 'node:timers/promises'
import type { AnswerSheet } from './answer-sheet.ts'
import type { Rush, RushCounts } from './counts.ts'
import { createClientPool } from './client-pool.ts'
import { createArrivalQueue } from './arrival-queue.ts'

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
  const turns = createArrivalQueue(requests.length)
  const connections = createClientPool(rush, sheet, turns, counts)
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
  counts.people = turns.servedCount()
  counts.heldBack = turns.waitingCount()
  while (connections.underWay() > 0) {
    connections.giveUpWhoWaitedLong(now())
    await wait(tickMs)
  }
  connections.hangUp()
  return counts
}

import { setTimeout as wait } from 'node:timers/promises'
import type { AnswerSheet } from './answer-sheet.ts'
import { type Line, openLine } from './line.ts'
import { createTurns, type Turns } from './turns.ts'
import { headersOf, type WireAnswer } from './wire-answer.ts'

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

/** A connection, and whose press is under way on it. */
type Caller = { line: Line; shopper: number; sentMs: number }

type Connections = {
  open(count: number): Promise<void>
  /** Sends the presses of those whose turn it is, while there are connections. */
  dispatch(): void
  giveUpWhoWaitedLong(nowMs: number): void
  /** Nobody presses from now on; what is under way may still be answered. */
  end(): void
  underWay(): number
  hangUp(): void
}

const [idle, opening] = [-1, -2]
const openingMax = 256
const tickMs = 10
// Whoever was hung up on, or refused without a word on when to come back.
const returnMs = 1_000

const isRefusal = (status: number): boolean => status === 503 || status === 429

/** Writes an answer down. Returns how long the shopper is to wait before pressing again; undefined for who is done. */
const note = (
  { status, head, body }: WireAnswer,
  { shopper, sentMs }: Caller,
  nowMs: number,
  sheet: AnswerSheet,
): number | undefined => {
  const isRefused = isRefusal(status)
  const headers = isRefused || status === 202 ? headersOf(head) : []
  sheet.answer(shopper, status, body, headers)
  sheet.time(shopper, nowMs - sentMs)
  if (!isRefused) return undefined
  const seconds = Number(headers[headers.indexOf('retry-after') + 1])
  return seconds > 0 ? seconds * 1_000 : returnMs
}

const createConnections = (
  rush: Rush,
  sheet: AnswerSheet,
  turns: Turns,
  counts: RushCounts & { done: number },
): Connections => {
  const { requests, now, patienceMs } = rush
  const url = new URL(rush.url)
  const opener = Buffer.from(`GET /livez HTTP/1.1\r\nhost: ${url.host}\r\n\r\n`, 'latin1')
  const callers = new Set<Caller>()
  const free: Caller[] = []
  let underWay = 0
  let isOver = false

  const later = (act: () => void): void => void setTimeout(() => isOver || act(), returnMs).unref()
  const comeBack = (shopper: number): void => {
    turns.comeBack(shopper)
    dispatch()
  }
  const dispatch = (): void => {
    const nowMs = now()
    for (let caller = free.pop(); caller !== undefined; caller = free.pop()) {
      if (!callers.has(caller)) continue
      const shopper = isOver ? undefined : turns.next()
      if (shopper === undefined) return void free.push(caller)
      caller.shopper = shopper
      caller.sentMs = nowMs
      underWay += 1
      counts.presses += 1
      sheet.press(shopper)
      caller.line.send(requests[shopper] ?? opener)
    }
  }
  const answered = (caller: Caller, answer: WireAnswer): void => {
    const { shopper } = caller
    // What nobody asked for is a farewell: the connection closes next.
    if (shopper === idle) return
    if (shopper !== opening) {
      underWay -= 1
      const nowMs = now()
      const returnsMs = note(answer, caller, nowMs, sheet)
      if (returnsMs === undefined) counts.done += 1
      else {
        counts.refusalsMs.push(nowMs - caller.sentMs)
        setTimeout(() => comeBack(shopper), returnsMs).unref()
      }
      if (answer.status <= 202) counts.waitsMs.push(nowMs - turns.arrivedMs(shopper))
    }
    caller.shopper = idle
    free.push(caller)
    dispatch()
  }
  const openOne = (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const line = openLine(url, {
      connected: () => line.send(opener),
      answered(answer) {
        answered(caller, answer)
        resolve()
      },
      closed() {
        resolve()
        callers.delete(caller)
        later(openOne)
        if (caller.shopper < 0) return
        underWay -= 1
        later(() => comeBack(caller.shopper))
      },
      fault: sheet.fault,
    })
    const caller: Caller = { line, shopper: opening, sentMs: now() }
    callers.add(caller)
    return promise
  }
  const giveUp = (caller: Caller): void => {
    callers.delete(caller)
    caller.line.hangUp()
    underWay -= 1
    counts.gaveUp += 1
    if (isOver) return
    void openOne()
    comeBack(caller.shopper)
  }

  return {
    dispatch,
    async open(count) {
      for (let left = count; left > 0; left -= openingMax)
        await Promise.all(Array.from({ length: Math.min(openingMax, left) }, openOne))
    },
    giveUpWhoWaitedLong(nowMs) {
      for (const caller of callers)
        if (caller.shopper >= 0 && nowMs - caller.sentMs >= patienceMs) giveUp(caller)
    },
    end() {
      isOver = true
    },
    underWay: () => underWay,
    hangUp: () => callers.forEach(({ line }) => line.hangUp()),
  }
}

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
  const connections = createConnections(rush, sheet, turns, counts)
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

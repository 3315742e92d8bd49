import type { AnswerSheet } from './answer-sheet.ts'
import type { Rush, RushCounts } from './counts.ts'
import { type PressConnection, openPressConnection } from './press-connection.ts'
import type { ArrivalQueue } from './arrival-queue.ts'
import { headersOf, type WireAnswer } from './wire-answer.ts'

/** A connection, and whose press is under way on it. */
type PooledClient = { line: PressConnection; shopper: number; sentMs: number }

/** All connections of a rush. */
export type ClientPool = {
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
// Whoever was hung up on, or refused without a word on when to come back.
const returnMs = 1_000

const isRefusal = (status: number): boolean => status === 503 || status === 429

/** Writes an answer down. Returns how long the shopper is to wait before pressing again; undefined for who is done. */
const note = (
  { status, head, body }: WireAnswer,
  { shopper, sentMs }: PooledClient,
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

/** Lets those whose turn it is press over as many connections as are open. What happens is written down in `sheet` and `counts`. */
export const createClientPool = (
  rush: Rush,
  sheet: AnswerSheet,
  turns: ArrivalQueue,
  counts: RushCounts & { done: number },
): ClientPool => {
  const { requests, now, patienceMs } = rush
  const url = new URL(rush.url)
  const opener = Buffer.from(`GET /livez HTTP/1.1\r\nhost: ${url.host}\r\n\r\n`, 'latin1')
  const callers = new Set<PooledClient>()
  const free: PooledClient[] = []
  let underWay = 0
  let isOver = false

  const later = (act: () => void): void => void setTimeout(() => isOver || act(), returnMs).unref()
  const comeBack = (shopper: number): void => {
    turns.rejoin(shopper)
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
  const answered = (caller: PooledClient, answer: WireAnswer): void => {
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
    const line = openPressConnection(url, {
      connected: () => line.send(opener),
      answered(answer) {
        answered(caller, answer)
        resolve()
      },
      closed() {
        resolve()
        callers.delete(caller)
        later(() => void openOne())
        if (caller.shopper < 0) return
        underWay -= 1
        later(() => comeBack(caller.shopper))
      },
      fault: sheet.fault,
    })
    const caller: PooledClient = { line, shopper: opening, sentMs: now() }
    callers.add(caller)
    return promise
  }
  const giveUp = (caller: PooledClient): void => {
    callers.delete(caller)
    caller.line.reset()
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
    hangUp: () => callers.forEach(({ line }) => line.reset()),
  }
}

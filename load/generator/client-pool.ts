import type { AnswerSheet } from './answer-sheet.ts'
import type { ArrivalQueue } from './arrival-queue.ts'
import { openingRequest } from './opening-request.ts'
import { openPressConnection, type PressConnection } from './press-connection.ts'
import { headersOf, type WireAnswer } from './wire-answer.ts'
import { isRefusal, writeAnswer } from './write-answer.ts'

export type ClientPoolOptions = {
  /** Origin of the server. */
  url: string
  /** The complete press of each shopper. */
  requests: readonly Buffer[]
  /** A person who has no answer after this long disconnects, and presses again on a new connection. */
  patienceMs: number
  now(): number
  /** Whether somebody with this answer presses again, as after 429 and 503. */
  isTemporary?(answer: WireAnswer): boolean
}

/** What people did and waited for; the answers are on the sheet. */
export type ClientPoolCounts = {
  presses: number
  /** Presses given up after `patienceMs`. */
  gaveUp: number
  /** People with an answer that does not ask them to come back. */
  done: number
  /** How long each press took after whose answer the person came back. */
  refusalsMs: number[]
  /** For each grant: from the person's arrival, over all refusals and repeats, to the answer. */
  waitsMs: number[]
}

/** The connections of a rush, and the people who press over them. */
export type ClientPool = {
  readonly counts: Readonly<ClientPoolCounts>
  /** Opens connections, and resolves when each is answered once or closed. */
  open(count: number): Promise<void>
  /** Sends the presses of those who are next, while connections are free. */
  dispatch(): void
  /** Closes connections whose person has waited too long at `nowMs`. */
  giveUpOverdue(nowMs: number): void
  /** Starts no further press. Presses in flight may still be answered. */
  end(): void
  inFlight(): number
  close(): void
}

/** A connection, and the shopper whose press is in flight on it. */
type PooledClient = { connection: PressConnection; shopper: number; sentMs: number }

// In place of a shopper.
const [idle, opening] = [-1, -2]
const openingMax = 256
// For a person whose connection broke, or who was refused without Retry-After.
const returnMs = 1_000

/** Stores an answer. Returns the delay before the shopper presses again; undefined for one who does not. */
const storeAnswer = (
  answer: WireAnswer,
  { shopper, sentMs }: PooledClient,
  nowMs: number,
  { sheet, isTemporary }: { sheet: AnswerSheet; isTemporary: ClientPoolOptions['isTemporary'] },
): number | undefined => {
  const written = writeAnswer(sheet, shopper, answer, nowMs - sentMs)
  const isOther = !isRefusal(answer.status) && isTemporary?.(answer) === true
  if (!isOther && !isRefusal(answer.status)) return undefined
  const headers = isOther ? headersOf(answer.head) : written
  const seconds = Number(headers[headers.indexOf('retry-after') + 1])
  return seconds > 0 ? seconds * 1_000 : returnMs
}

/** A pool without connections. It takes people from `arrivals` and stores their answers in `sheet`. */
export const createClientPool = (
  { url, requests, patienceMs, now, isTemporary }: ClientPoolOptions,
  sheet: AnswerSheet,
  arrivals: ArrivalQueue,
): ClientPool => {
  const origin = new URL(url)
  const opener = openingRequest(url)
  const counts: ClientPoolCounts = { presses: 0, gaveUp: 0, done: 0, refusalsMs: [], waitsMs: [] }
  const clients = new Set<PooledClient>()
  const free: PooledClient[] = []
  let inFlight = 0
  let isOver = false

  const later = (act: () => void): void => void setTimeout(() => isOver || act(), returnMs).unref()
  const rejoin = (shopper: number): void => {
    arrivals.rejoin(shopper)
    dispatch()
  }
  const dispatch = (): void => {
    const nowMs = now()
    for (let client = free.pop(); client !== undefined; client = free.pop()) {
      if (!clients.has(client)) continue
      const shopper = isOver ? undefined : arrivals.next()
      if (shopper === undefined) return void free.push(client)
      client.shopper = shopper
      client.sentMs = nowMs
      inFlight += 1
      counts.presses += 1
      sheet.press(shopper)
      client.connection.send(requests[shopper] ?? opener)
    }
  }
  const pressAnswered = (client: PooledClient, answer: WireAnswer): void => {
    const { shopper, sentMs } = client
    inFlight -= 1
    const nowMs = now()
    const delayMs = storeAnswer(answer, client, nowMs, { sheet, isTemporary })
    if (delayMs === undefined) counts.done += 1
    else {
      counts.refusalsMs.push(nowMs - sentMs)
      setTimeout(() => rejoin(shopper), delayMs).unref()
    }
    if (answer.status <= 202) counts.waitsMs.push(nowMs - arrivals.arrivedMs(shopper))
  }
  const answered = (client: PooledClient, answer: WireAnswer): void => {
    // An answer without a request (408) precedes the close of the connection.
    if (client.shopper === idle) return
    if (client.shopper !== opening) pressAnswered(client, answer)
    client.shopper = idle
    free.push(client)
    dispatch()
  }
  const openOne = (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const connection = openPressConnection(origin, {
      connected: () => connection.send(opener),
      answered(answer) {
        answered(client, answer)
        resolve()
      },
      closed() {
        resolve()
        clients.delete(client)
        later(() => void openOne())
        if (client.shopper < 0) return
        inFlight -= 1
        later(() => rejoin(client.shopper))
      },
      fault: sheet.fault,
    })
    const client: PooledClient = { connection, shopper: opening, sentMs: now() }
    clients.add(client)
    return promise
  }
  const giveUp = (client: PooledClient): void => {
    clients.delete(client)
    client.connection.reset()
    inFlight -= 1
    counts.gaveUp += 1
    if (isOver) return
    void openOne()
    rejoin(client.shopper)
  }

  return {
    counts,
    dispatch,
    async open(count) {
      for (let left = count; left > 0; left -= openingMax)
        await Promise.all(Array.from({ length: Math.min(openingMax, left) }, openOne))
    },
    giveUpOverdue(nowMs) {
      for (const client of clients)
        if (client.shopper >= 0 && nowMs - client.sentMs >= patienceMs) giveUp(client)
    },
    end() {
      isOver = true
    },
    inFlight: () => inFlight,
    close: () => clients.forEach(({ connection }) => connection.reset()),
  }
}

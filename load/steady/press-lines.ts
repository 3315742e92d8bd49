import { openingRequest } from '../generator/opening-request.ts'
import { openPressConnection, type PressConnection } from '../generator/press-connection.ts'
import type { WireAnswer } from '../generator/wire-answer.ts'

/** Connections that are opened before anything is measured, with one press in flight each. */
export type PressLines = {
  /** Opens all of them, and resolves when each is answered once or closed. */
  open(): Promise<void>
  /** Sends a press over a free connection; false when none is free. */
  send(shopper: number, request: Buffer): boolean
  inFlight(): number
  close(): void
}

export type PressLinesOptions = {
  /** Origin of the server. */
  url: string
  connections: number
  answered(shopper: number, answer: WireAnswer): void
  /** A connection is free. */
  freed(): void
  fault(cause: Error): void
}

type Line = { connection: PressConnection; shopper: number }

// In place of a shopper.
const [idle, opening] = [-1, -2]
const openedTogetherMax = 256
const reopenMs = 100

/** Lines that are still closed. A connection that breaks is opened again; its press stays unanswered. */
export const createPressLines = (options: PressLinesOptions): PressLines => {
  const { url, connections, answered, freed, fault } = options
  const origin = new URL(url)
  const opener = openingRequest(url)
  const lines = new Set<Line>()
  const free: Line[] = []
  let inFlight = 0
  let isOver = false

  const openOne = (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const connection = openPressConnection(origin, {
      connected: () => connection.send(opener),
      answered(answer) {
        const { shopper } = line
        // An answer without a request (408) precedes the close of the connection.
        if (shopper === idle) return
        if (shopper !== opening) {
          inFlight -= 1
          answered(shopper, answer)
        }
        line.shopper = idle
        free.push(line)
        resolve()
        freed()
      },
      closed() {
        resolve()
        lines.delete(line)
        if (line.shopper >= 0) inFlight -= 1
        setTimeout(() => isOver || void openOne(), reopenMs).unref()
      },
      fault,
    })
    const line: Line = { connection, shopper: opening }
    lines.add(line)
    return promise
  }

  return {
    async open() {
      for (let left = connections; left > 0; left -= openedTogetherMax)
        await Promise.all(Array.from({ length: Math.min(openedTogetherMax, left) }, openOne))
    },
    send(shopper, request) {
      for (let line = free.pop(); line !== undefined; line = free.pop()) {
        // It broke while it was free.
        if (!lines.has(line)) continue
        line.shopper = shopper
        inFlight += 1
        line.connection.send(request)
        return true
      }
      return false
    },
    inFlight: () => inFlight,
    close() {
      isOver = true
      for (const { connection } of lines) connection.reset()
    },
  }
}

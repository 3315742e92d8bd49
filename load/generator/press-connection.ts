import { connect } from 'node:net'
import { takeAnswer, type WireAnswer } from './wire-answer.ts'

/** One connection with at most one request in flight. */
export type PressConnection = {
  send(request: Buffer): void
  /**
   * Ends it; no further event is reported. It sends a reset, because a normal close would keep each port in
   * TIME_WAIT for 60 s and use up the ports of this machine.
   */
  reset(): void
}

export type PressConnectionEvents = {
  connected(): void
  answered(answer: WireAnswer): void
  /** The server closed it, or it never connected. */
  closed(): void
  fault(cause: Error): void
}

/** Connects to the server of `url`, from the address `from` when there is one. */
export const openPressConnection = (
  url: URL,
  events: PressConnectionEvents,
  from?: string,
): PressConnection => {
  const place = { host: url.hostname, port: Number(url.port), noDelay: true }
  const socket = connect(from === undefined ? place : { ...place, localAddress: from })
  let received: Buffer = Buffer.alloc(0)
  let isReset = false
  socket.on('connect', events.connected)
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    for (let taken = takeAnswer(received); taken !== undefined; taken = takeAnswer(received)) {
      received = taken.rest
      // The bytes behind an answer without a status cannot be told apart.
      if (Number.isNaN(taken.answer.status)) return void socket.destroy(new Error('not an HTTP/1.1 answer'))
      events.answered(taken.answer)
    }
  })
  socket.on('error', (cause) => void (isReset || events.fault(cause)))
  socket.on('close', () => void (isReset || events.closed()))
  return {
    send: (request) => void socket.write(request),
    reset() {
      isReset = true
      socket.resetAndDestroy()
    },
  }
}

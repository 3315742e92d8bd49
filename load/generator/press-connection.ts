import { connect } from 'node:net'
import { takeAnswer, type WireAnswer } from './wire-answer.ts'

/** One connection that is asked one thing at a time. */
export type PressConnection = {
  send(request: Buffer): void
  /** Nothing more is heard of it. Reset, not closed: the 60 s of TIME_WAIT of each would use up the ports. */
  reset(): void
}

export type PressConnectionEvents = {
  connected(): void
  answered(answer: WireAnswer): void
  /** The other side hung up, or it never answered the phone. */
  closed(): void
  fault(cause: Error): void
}

/** Calls the server of `url`. */
export const openPressConnection = (url: URL, events: PressConnectionEvents): PressConnection => {
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true })
  let received: Buffer = Buffer.alloc(0)
  let isHungUp = false
  socket.on('connect', events.connected)
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    for (let taken = takeAnswer(received); taken !== undefined; taken = takeAnswer(received)) {
      received = taken.rest
      // Past an answer that did not say how long it is, nothing can be told apart.
      if (Number.isNaN(taken.answer.status)) return void socket.destroy(new Error('no answer of HTTP/1.1'))
      events.answered(taken.answer)
    }
  })
  socket.on('error', (cause) => void (isHungUp || events.fault(cause)))
  socket.on('close', () => void (isHungUp || events.closed()))
  return {
    send: (request) => void socket.write(request),
    reset() {
      isHungUp = true
      socket.resetAndDestroy()
    },
  }
}

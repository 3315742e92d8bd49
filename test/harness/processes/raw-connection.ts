import { once } from 'node:events'
import { connect } from 'node:net'
import { headersOf, takeAnswer, type WireAnswer } from '../../../load/generator/wire-answer.ts'

/** An answer as it came over the wire. */
export type RawAnswer = { status: number; headers: Record<string, string>; body: string }

/** One TCP connection to an HTTP server, to say what no client would say. */
export type RawConnection = {
  /** Sends text as it is. */
  send(text: string): void
  /** The next answer; rejects when the server closes the connection first. */
  answer(): Promise<RawAnswer>
  /** What came and was not taken as an answer. */
  received(): string
  /** Resolves when the server has closed the connection. */
  closed: Promise<void>
  /** Stops reading; then it does not notice either that the server closed the connection. */
  stopReading(): void
  /** Says that nothing more will be sent, and goes on reading. */
  closeSending(): void
  /** Goes without a good-bye, as a program that is killed with unread answers. */
  reset(): void
  end(): void
}

const readAnswer = ({ status, head, body }: WireAnswer): RawAnswer => {
  const fields = headersOf(head)
  const headers = Object.fromEntries(
    fields.flatMap((name, at) => (at % 2 === 0 ? [[name, fields[at + 1] ?? '']] : [])),
  )
  return { status, headers, body }
}

/**
 * Connects to the server of `url`, also from another address of this machine: on Linux it has all of
 * 127.0.0.0/8.
 */
export const openConnection = async (url: string, from = '127.0.0.1'): Promise<RawConnection> => {
  const { hostname, port } = new URL(url)
  const socket = connect({ port: Number(port), host: hostname, localAddress: from })
  await once(socket, 'connect')
  let received: Buffer = Buffer.alloc(0)
  const closing = Promise.withResolvers<void>()
  let arrived = Promise.withResolvers<void>()
  let isClosed = false
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    arrived.resolve()
  })
  // A reset is one way of closing.
  socket.on('error', () => {})
  socket.on('close', () => {
    isClosed = true
    arrived.resolve()
    closing.resolve()
  })
  return {
    send: (text) => void socket.write(text),
    async answer() {
      for (;;) {
        const taken = takeAnswer(received)
        if (taken !== undefined) {
          received = taken.rest
          return readAnswer(taken.answer)
        }
        if (isClosed) throw new Error(`the server closed after ${received.length} bytes of an answer`)
        arrived = Promise.withResolvers()
        await arrived.promise
      }
    },
    received: () => received.toString(),
    closed: closing.promise,
    stopReading: () => void socket.pause(),
    closeSending: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    end: () => void socket.destroy(),
  }
}

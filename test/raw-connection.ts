import { once } from 'node:events'
import { connect } from 'node:net'

/** An answer as it came over the wire. */
export type RawAnswer = { status: number; headers: Record<string, string>; body: string }

/** One TCP connection to an HTTP server, to say what no client would say. */
export type RawConnection = {
  /** Sends text as it is. */
  send(text: string): void
  /** The next answer; rejects when the server hangs up first. */
  answer(): Promise<RawAnswer>
  /** Resolves when the server has closed the connection. */
  closed: Promise<void>
  end(): void
}

const parseHead = (head: string): Omit<RawAnswer, 'body'> => {
  const [first = '', ...lines] = head.split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  return { status: Number(first.split(' ')[1]), headers }
}

/** Takes one answer off the front of what was received, if it is all there. Answers of ours name their length. */
const takeAnswer = (received: Buffer): { answer: RawAnswer; rest: Buffer } | undefined => {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const head = parseHead(received.subarray(0, headEnd).toString())
  const bodyStart = headEnd + 4
  const bodyEnd = bodyStart + Number(head.headers['content-length'] ?? 0)
  if (received.length < bodyEnd) return undefined
  const body = received.subarray(bodyStart, bodyEnd).toString()
  return { answer: { ...head, body }, rest: received.subarray(bodyEnd) }
}

/** Connects to the server of `url`. */
export const openConnection = async (url: string): Promise<RawConnection> => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
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
          return taken.answer
        }
        if (isClosed) throw new Error(`the server hung up after ${received.length} bytes of an answer`)
        arrived = Promise.withResolvers()
        await arrived.promise
      }
    },
    closed: closing.promise,
    end: () => void socket.destroy(),
  }
}

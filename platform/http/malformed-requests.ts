import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import {
  type ProtocolProblemCode,
  problemHeaders,
  protocolProblemKinds,
  toProblemText,
} from './protocol-problem.ts'

/**
 * What Node keeps at the socket of a connection: the request that is being received and the first answer that
 * is due. It has no public name for either; its own default answers look at the same two.
 */
type HttpSocket = Socket & {
  parser?: { incoming: IncomingMessage | null } | null
  _httpMessage?: ServerResponse | null
}

type ParseError = NodeJS.ErrnoException & { reason?: string }

type Refusal = { code: ProtocolProblemCode; detail: string }

/** Time in which a client that still sends can read its refusal. Closed at once, it loses the answer. */
const lingerMs = 500

const refusals = new Map<string | undefined, Refusal>([
  [
    'HPE_HEADER_OVERFLOW',
    { code: 'headers-too-large', detail: 'The request line and its headers are too long.' },
  ],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', { code: 'too-large', detail: 'The extensions of a chunk are too long.' }],
  ['ERR_HTTP_REQUEST_TIMEOUT', { code: 'timeout', detail: 'The request did not arrive in time.' }],
])

const refusalOf = ({ code, reason }: ParseError): Refusal =>
  refusals.get(code) ?? {
    code: 'bad-request',
    detail: `The request is not HTTP/1.1: ${reason ?? 'it cannot be read'}.`,
  }

const headersOf = (text: string): [string, string][] => [
  ...Object.entries(problemHeaders),
  ['Content-Length', String(Buffer.byteLength(text))],
  ['Connection', 'close'],
]

const textOf = ({ code, detail }: Refusal): string => toProblemText(code, protocolProblemKinds[code], detail)

/** Answers on the bare connection, without a request, and closes it. */
const endWith = (socket: HttpSocket, refusal: Refusal): void => {
  const { status, title } = protocolProblemKinds[refusal.code]
  const text = textOf(refusal)
  const head = [['Date', new Date().toUTCString()], ...headersOf(text)].map((header) => header.join(': '))
  socket.end([`HTTP/1.1 ${status} ${title}`, ...head, '', text].join('\r\n'))
  // Its parser is not stopped by a timeout: what still arrives could become a request.
  if (refusal.code === 'timeout') return socket.destroySoon()
  const lingering = setTimeout(() => socket.destroy(), lingerMs)
  socket.once('close', () => clearTimeout(lingering))
}

/**
 * Answers after the answers that are due: no client may take a refusal for the answer to an earlier request.
 * The request with the fault may itself have been answered, or be waiting for a body that never comes.
 */
const refuse = (socket: HttpSocket, refusal: Refusal): void => {
  if (!socket.writable) return void socket.destroy()
  const { _httpMessage: due } = socket
  const received = socket.parser?.incoming
  const isAmidBody = received !== null && received !== undefined && !received.complete
  if (due === null || due === undefined) return isAmidBody ? void socket.destroy() : endWith(socket, refusal)
  const isReading = due.req === received && isAmidBody && received.readableFlowing !== null
  if (isReading && !due.headersSent) return endWith(socket, refusal)
  due.once('close', () => refuse(socket, refusal))
}

/**
 * Answers with a problem document where Node sends a bare status line or nothing. That is what cannot be
 * parsed, comes too slowly, expects what nobody knows, or asks for a tunnel. A connection on which
 * nothing was ever said is closed without a word.
 */
export const answerMalformedRequests = (server: Server): void => {
  const refused = new WeakSet<Duplex>()
  server.on('clientError', (error: ParseError, stream: Duplex) => {
    const socket = stream as HttpSocket
    // A parser that failed once fails with everything that follows.
    if (refused.has(socket)) return
    refused.add(socket)
    if (error.code === 'ECONNRESET' || socket.bytesRead === 0) return void socket.destroy()
    refuse(socket, refusalOf(error))
  })
  server.on('connect', (_, stream: Duplex) => {
    const socket = stream as HttpSocket
    // From here on the socket is ours: Node has taken its listeners away.
    socket.on('error', () => socket.destroy()).resume()
    refuse(socket, { code: 'bad-request', detail: 'This server opens no tunnels.' })
  })
  server.on('checkExpectation', (_, response) => {
    const refusal: Refusal = {
      code: 'expectation-failed',
      detail: 'The only expectation that is met is 100-continue.',
    }
    const text = textOf(refusal)
    response
      .writeHead(protocolProblemKinds[refusal.code].status, Object.fromEntries(headersOf(text)))
      .end(text)
  })
}

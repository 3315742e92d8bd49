import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { noteArrival } from './arrival.ts'
import { clientOf } from './client-address.ts'
import { type ClientLimits, createClientBounds } from './client-bounds.ts'
import { createLoopShares } from './loop-shares.ts'
import { createTurns, type Exchange, type LaneLimits } from './turns.ts'

/** Answers a request. Resolves when it has ended the response. */
type Application = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** What a refused client had the most of, or did too fast. */
export type RefusedFor =
  | 'connections-of-client'
  | 'requests-of-client'
  | 'rate-of-client'
  | 'requests-of-connection'

/** Bounds the requests that the application gets at once, and what one client may have of them. */
export type RequestLimits = {
  /**
   * The lane in which a request takes its turn. `undefined`: the application gets it at once, and must answer
   * it without a wait. One of a lane that is not in `lanes` comes at once too, and counts for the rate of its
   * client. The application has to bound how many of those wait.
   */
  laneOf(request: IncomingMessage): string | undefined
  lanes: Readonly<Record<string, LaneLimits>>
  clients: ClientLimits
  /** Called with each request that has arrived, in order, before it waits for anything. */
  onArrival?(request: IncomingMessage): void
  /**
   * Called when the client of a waiting request has disconnected. The application never gets that request.
   */
  onDisconnected(): void
  /** Called for each connection that is closed, and with a request before the application gets it. */
  onRefused(reason: RefusedFor, request?: IncomingMessage): void
}

/** Requests of one connection that may be under way at once. Only clients that pipeline have several. */
export const requestsUnderWayMax = 4

/** Requests of one connection without an answer; a further one closes it. */
export const requestsUnansweredMax = 16

/** Node keeps the parser of a connection at its socket, and has no public name for it. */
type ParsedSocket = Socket & { parser?: { onIncoming: () => number } | null }

/** What Node's parser is told to do after a head: take what follows for no HTTP, and stop. */
const noHttp = 2

/**
 * Closes a connection amid a packet. By itself Node makes requests of the rest of it, 740 of 64 KB. That cost
 * 13 ms of processor instead of 2.3 (2026-11-29, a busy machine).
 */
const closeAmidPacket = (socket: ParsedSocket): void => {
  const { parser } = socket
  if (parser) parser.onIncoming = () => noHttp
  socket.destroy()
}

/** `open` are the exchanges whose answer is not sent, in order. The first `started` are under way. */
type Connection = { open: Exchange[]; started: number; client: string | undefined }

/**
 * Every request takes a turn in its lane. A waiting one takes a fraction of the memory of one in the
 * application: 20,000 requests in flight took 1.1 GB without this. A connection has few places, and gets one
 * back only when an answer is sent: a client that never reads is stuck alone. Call it before the server
 * listens.
 */
export const limitRequests = (server: Server, application: Application, limits: RequestLimits): void => {
  const { laneOf, onArrival, onDisconnected, onRefused } = limits
  const serve = ({ request, response }: Exchange): Promise<void> => application(request, response)
  const lanes = Object.fromEntries(
    Object.entries(limits.lanes).map(([name, lane]) => [
      name,
      createTurns({ ...lane, serve, onDisconnected }),
    ]),
  )
  const clients = createClientBounds(limits.clients)
  const connections = new WeakMap<Socket, Connection>()

  const admit = (exchange: Exchange, client: string | undefined): void => {
    const { request } = exchange
    const lane = laneOf(request)
    if (lane === undefined) return void serve(exchange)
    if (client !== undefined && !clients.mayAsk(client)) {
      onRefused('rate-of-client', request)
      return void serve(exchange)
    }
    const turns = lanes[lane]
    if (turns === undefined) return void serve(exchange)
    // safeguard: an address has few requests at once
    if (client !== undefined && !clients.requests.enter(client)) {
      onRefused('requests-of-client', request)
      return void serve(exchange)
    }
    exchange.client = client
    turns.take(exchange)
  }
  const shares = createLoopShares({ start: admit, onDisconnected })
  const startNext = (connection: Connection): void => {
    const exchange = connection.open[connection.started]
    // safeguard: a connection has few requests under way
    if (exchange === undefined || connection.started >= requestsUnderWayMax) return
    connection.started += 1
    shares.take(exchange, clients.ofRequest(exchange.request, connection.client))
  }
  const settle = ({ client }: Exchange): void => {
    if (client !== undefined) clients.requests.leave(client)
  }
  /** A listener of a response that is sent. Answers leave in the order in which their requests came. */
  function answered(this: ServerResponse): void {
    const { socket } = this.req
    const connection = connections.get(socket)
    if (connection === undefined || socket.destroyed) return
    const exchange = connection.open.shift()
    if (exchange === undefined) return
    connection.started -= 1
    settle(exchange)
    startNext(connection)
  }

  server.on('connection', (socket: Socket) => {
    const client = clientOf(socket.remoteAddress)
    if (client !== undefined && !clients.connections.enter(client)) {
      onRefused('connections-of-client')
      return socket.destroy()
    }
    const connection: Connection = { open: [], started: 0, client }
    connections.set(socket, connection)
    socket.once('close', () => {
      connections.delete(socket)
      if (client !== undefined) clients.connections.leave(client)
      for (const [place, exchange] of connection.open.entries()) {
        settle(exchange)
        if (place >= connection.started) onDisconnected()
      }
    })
  })
  server.on('request', (request, response) => {
    const { socket } = request
    const connection = connections.get(socket)
    // Node parses the rest of a packet whose connection was closed elsewhere.
    if (connection === undefined || socket.destroyed) return
    // safeguard: a connection has few requests without an answer
    if (connection.open.length >= requestsUnansweredMax) {
      onRefused('requests-of-connection')
      return closeAmidPacket(socket)
    }
    noteArrival(request)
    onArrival?.(request)
    connection.open.push({ request, response, client: undefined })
    response.on('close', answered)
    startNext(connection)
  })
}

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { type Bound, createBound } from '../group-commit.ts'

/** What a server works on at once, and who waits. */
export type RequestLimits = {
  /** Requests to change something that are worked on at once, and as many that only read. */
  inFlightMax: number
  /** A request to change something holds a place of it while it waits for its turn. When all are held nobody waits: the application refuses. */
  bound: Bound
  /** Requests that only read may wait so many; who sends one more is hung up on. As many as connections: only who sends several at once over one gets there. */
  readersMax: number
  /** Paths that never wait: whoever asks after our health must not take a long line for an illness. */
  urgent: readonly string[]
  /** The caller of a request hung up before its turn came; nobody looks at it any more. */
  onLeft(): void
}

type Exchange = { request: IncomingMessage; response: ServerResponse }

/** First in, first out; in two stacks, so that a long line costs no more a request than a short one. */
const createLine = () => {
  let front: Exchange[] = []
  let back: Exchange[] = []
  return {
    push: (exchange: Exchange) => void back.push(exchange),
    shift() {
      if (front.length === 0) [front, back] = [back.reverse(), []]
      return front.pop()
    },
  }
}

/**
 * Lets the application see a bounded number of requests at once; the others wait in order. What waits is Node's own pair of request and
 * response, a fraction of what the application makes of it: 20,000 requests under way took 1.1 GB without this. Before the
 * server listens.
 */
export const limitRequests = (
  server: Server,
  { inFlightMax, bound, readersMax, urgent, onLeft }: RequestLimits,
): void => {
  const [application, ...others] = server.listeners('request')
  if (application === undefined || others.length > 0)
    throw new Error(`one listener for requests was expected, and there are ${others.length + 1}`)
  const serve = ({ request, response }: Exchange): void => {
    application.call(server, request, response)
  }

  const createTurn = (places: Bound, whenFull: (exchange: Exchange) => void) => {
    const line = createLine()
    let inFlight = 0
    const next = (): void => {
      while (inFlight < inFlightMax) {
        const exchange = line.shift()
        if (exchange === undefined) return
        places.held -= 1
        if (exchange.request.socket.destroyed) onLeft()
        else take(exchange)
      }
    }
    const take = (exchange: Exchange): void => {
      inFlight += 1
      exchange.response.once('close', () => {
        inFlight -= 1
        next()
      })
      serve(exchange)
    }
    return (exchange: Exchange): void => {
      if (inFlight < inFlightMax) return take(exchange)
      if (places.held >= places.max) return whenFull(exchange)
      places.held += 1
      line.push(exchange)
    }
  }
  const change = createTurn(bound, serve)
  const read = createTurn(createBound(readersMax), ({ request }) => request.socket.destroy())

  server.removeAllListeners('request')
  server.on('request', (request, response) => {
    const exchange = { request, response }
    if (request.method !== 'GET' && request.method !== 'HEAD') change(exchange)
    else if (urgent.includes(request.url ?? '')) serve(exchange)
    else read(exchange)
  })
}

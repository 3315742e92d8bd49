import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Bound } from '../group-commit.ts'

/** One request with its response, and the client address for which it counts until it is answered. */
export type Exchange = { request: IncomingMessage; response: ServerResponse; client: string | undefined }

/** How many requests of a lane the application gets at once, and how many may wait. */
export type LaneLimits = {
  inFlightMax: number
  /** Waiting requests count towards it. */
  queueBound: Bound
  /** Called with a request that finds the queue full. Then the application gets it at once, to refuse it. */
  onFull?: (request: IncomingMessage) => void
}

/** The turns of one lane: requests of other lanes are not felt here. */
export type Turns = {
  /** Serves the exchange now, later in order, or never, when its client disconnects while it waits. */
  take(exchange: Exchange): void
}

export type TurnsOptions = LaneLimits & {
  /** Resolves when the application has ended the response, whether or not its client reads it. */
  serve(exchange: Exchange): Promise<void>
  onDisconnected(): void
}

/** First in, first out. Two stacks, so that a request costs the same in a long queue as in a short one. */
const createQueue = () => {
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
 * A turn is the work of the application on one request, and lasts as long. An answer that nobody reads holds
 * none. A client that disconnects keeps its turn: else those who press and leave would pile up work.
 */
export const createTurns = (options: TurnsOptions): Turns => {
  const { inFlightMax, queueBound, onFull, serve, onDisconnected } = options
  const queue = createQueue()
  let inFlight = 0
  const next = (): void => {
    while (inFlight < inFlightMax) {
      const exchange = queue.shift()
      if (exchange === undefined) return
      queueBound.held -= 1
      if (exchange.request.socket.destroyed) onDisconnected()
      else start(exchange)
    }
  }
  const ended = (): void => {
    inFlight -= 1
    next()
  }
  const start = (exchange: Exchange): void => {
    inFlight += 1
    // safeguard: an answer that nobody reads holds no turn
    void serve(exchange).then(ended)
  }
  return {
    take(exchange) {
      if (inFlight < inFlightMax) return start(exchange)
      if (queueBound.held >= queueBound.max) {
        onFull?.(exchange.request)
        return void serve(exchange)
      }
      queueBound.held += 1
      queue.push(exchange)
    },
  }
}

import type { IncomingMessage } from 'node:http'
import { clientOf, forwardedAddress } from './client-address.ts'
import { noToken, type RateLimiter } from './rate-limiter.ts'

/** What one client address may have at once in this process. 0 is no bound. */
export type ClientLimits = {
  connectionsMax: number
  /** Requests of a lane, from their arrival until their answer is sent. */
  requestsMax: number
  /**
   * Proxies in front that add to X-Forwarded-For. With any the connections are those of a proxy and are not
   * bounded; requests count for the address in the header.
   */
  proxies: number
  /** How fast a client may ask; no bound when left out. */
  rate?: Pick<RateLimiter, 'take'> | undefined
}

/** Counts what each client has at once. It holds memory only for clients that are here. */
type Tally = {
  /** False, and nothing is counted, for a client that has the most already. */
  enter(client: string): boolean
  leave(client: string): void
}

/** The clients of a server: who they are, and what each has. */
export type ClientBounds = {
  connections: Tally
  requests: Tally
  /** False for a client that asks too fast. */
  mayAsk(client: string): boolean
  /** The client of a request, when `peer` is that of its connection. `undefined`: it is not counted. */
  ofRequest(request: IncomingMessage, peer: string | undefined): string | undefined
}

const createTally = (max: number): Tally => {
  const counts = new Map<string, number>()
  return {
    enter(client) {
      const count = counts.get(client) ?? 0
      if (count >= max && max > 0) return false
      counts.set(client, count + 1)
      return true
    },
    leave(client) {
      const count = counts.get(client) ?? 0
      if (count > 1) counts.set(client, count - 1)
      else counts.delete(client)
    },
  }
}

/** The bounds of a server that has no client yet. */
export const createClientBounds = (limits: ClientLimits): ClientBounds => {
  const { connectionsMax, requestsMax, proxies, rate } = limits
  return {
    connections: createTally(proxies > 0 ? 0 : connectionsMax),
    requests: createTally(requestsMax),
    mayAsk: (client) => rate === undefined || rate.take(client, performance.now()) !== noToken,
    ofRequest(request, peer) {
      const forwarded = forwardedAddress(request, proxies)
      return forwarded === undefined ? peer : clientOf(forwarded)
    },
  }
}

import type { IncomingMessage } from 'node:http'
import { clientOf } from './client-address.ts'
import { createClientBounds } from './client-bounds.ts'

/** The most streams of one process, and of one client address in it. */
export type EventPlacesLimits = {
  listenersMax: number
  /** 0 is no bound. */
  listenersOfClientMax: number
  /** Proxies in front that each add an address to X-Forwarded-For. */
  proxies: number
}

/** Places for streams, instead of turns. A stream has one from before its look-up until it has ended. */
export type EventPlaces = {
  /** A function that gives the place back, once, or why there is none. */
  take(request: IncomingMessage): (() => void) | 'full' | 'full-for-client'
  taken(): number
}

export const createEventPlaces = ({
  listenersMax,
  listenersOfClientMax,
  proxies,
}: EventPlacesLimits): EventPlaces => {
  const clients = createClientBounds({ connectionsMax: 0, requestsMax: listenersOfClientMax, proxies })
  let taken = 0
  return {
    take(request) {
      const client = clients.ofRequest(request, clientOf(request.socket.remoteAddress))
      // safeguard: a process has a bounded number of streams
      if (taken >= listenersMax) return 'full'
      // safeguard: an address has a bounded number of streams
      if (client !== undefined && !clients.requests.enter(client)) return 'full-for-client'
      taken += 1
      let isBack = false
      return () => {
        if (isBack) return
        isBack = true
        taken -= 1
        if (client !== undefined) clients.requests.leave(client)
      }
    },
    taken: () => taken,
  }
}

import type { IncomingMessage } from 'node:http'

const arrivedAtMs = Symbol('arrivedAtMs')

type Arrived = IncomingMessage & { [arrivedAtMs]?: number }

/** Notes that a request has arrived. Call it before the request waits for anything. */
export const noteArrival = (request: Arrived): void => {
  request[arrivedAtMs] = performance.now()
}

/** Milliseconds since a request arrived; 0 for one whose arrival was not noted. */
export const msSinceArrival = (request: Arrived): number => {
  const at = request[arrivedAtMs]
  return at === undefined ? 0 : performance.now() - at
}

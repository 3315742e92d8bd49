import { ApiError } from './api-error.ts'
import type { Time } from './contract-types.ts'
import type { CallOptions, Transport } from './transport.ts'

/** The time of the gate. It is at most `uncertaintyMs` before or after `ms`. */
export type ServerNow = { ms: number; uncertaintyMs: number }

export type ServerClock = {
  /**
   * Asks for the time five times, and keeps the answer with the shortest round trip. Rejects when none comes.
   */
  synchronise(call?: CallOptions): Promise<ServerNow>
  /** By the clock of this machine since then; `undefined` before `synchronise`. */
  serverNow(): ServerNow | undefined
}

const samples = 5
/** The API answers in whole milliseconds. */
const roundingMs = 1
/** Clocks of machines run apart by less than this, in ms for each ms. */
const driftMax = 1e-4

export const createServerClock = ({ begin, timers }: Transport): ServerClock => {
  let best: { atMs: number; serverMs: number; uncertaintyMs: number } | undefined

  const serverNow = (): ServerNow | undefined => {
    if (best === undefined) return undefined
    const passedMs = timers.nowMs() - best.atMs
    return { ms: best.serverMs + passedMs, uncertaintyMs: best.uncertaintyMs + passedMs * driftMax }
  }

  return {
    serverNow,
    async synchronise(call) {
      const attempts = begin(call)
      let found: typeof best
      let last = new ApiError(0, undefined, undefined, undefined)
      for (let sample = 0; sample < samples && attempts.isLeft(); sample += 1) {
        const sentMs = timers.nowMs()
        const reply = await attempts.send({ method: 'GET', path: '/v1/time', has: 'nowMs' })
        const atMs = timers.nowMs()
        if (reply.status !== 200) {
          last = new ApiError(reply.status, reply.problem, reply.retryAfterMs, reply.cause)
          continue
        }
        const halfMs = (atMs - sentMs) / 2
        const uncertaintyMs = halfMs + roundingMs
        if (found === undefined || uncertaintyMs < found.uncertaintyMs)
          found = { atMs, serverMs: (reply.body as Time).nowMs + halfMs, uncertaintyMs }
      }
      if (found === undefined) throw last
      best = found
      return serverNow() as ServerNow
    },
  }
}

import type { IncomingMessage } from 'node:http'

/** When a process read a request. */
export type ArrivalStamp = {
  /** Of the process that read it. */
  processId: number
  /** Counts the requests of that process from 1, in the order in which it read them. */
  number: number
  /**
   * CLOCK_MONOTONIC in nanoseconds. All processes of a machine share that clock, and nobody sets it.
   * `performance.timeOrigin` is a time of day. Two processes disagree on it when the clock was set between
   * their starts.
   */
  monotonicNs: bigint
}

/** The header of an answer that has the stamp of its request. */
export const arrivalHeader = 'X-Arrival'

/** Stamps requests as they arrive. */
export type ArrivalStamps = {
  /** Call it before the request waits for anything. */
  note(request: IncomingMessage): void
  /** `undefined` for a request that was not noted. */
  of(request: IncomingMessage): ArrivalStamp | undefined
}

export type ArrivalStampsOptions = { processId: number; monotonicNs(): bigint }

const stamp = Symbol('arrivalStamp')

type Stamped = IncomingMessage & { [stamp]?: ArrivalStamp }

/** Numbers requests from 1. Their order is that of their numbers: two may come in one tick of the clock. */
export const createArrivalStamps = ({ processId, monotonicNs }: ArrivalStampsOptions): ArrivalStamps => {
  let number = 0
  return {
    note(request: Stamped) {
      number += 1
      request[stamp] = { processId, number, monotonicNs: monotonicNs() }
    },
    of: (request: Stamped) => request[stamp],
  }
}

/** A stamp as the value of its header: `4711 1 123456789`. */
export const formatArrivalStamp = ({ processId, number, monotonicNs }: ArrivalStamp): string =>
  `${processId} ${number} ${monotonicNs}`

const stampPattern = /^(\d{1,15}) (\d{1,15}) (\d{1,20})$/

/** Reads the value of the header; `undefined` for anything else. */
export const parseArrivalStamp = (text: string): ArrivalStamp | undefined => {
  const [, processId, number, monotonicNs] = stampPattern.exec(text) ?? []
  if (monotonicNs === undefined) return undefined
  return { processId: Number(processId), number: Number(number), monotonicNs: BigInt(monotonicNs) }
}

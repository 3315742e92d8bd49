/** The clocks of Redis and of the database, read at the same moment: epoch milliseconds. */
export type ServerClocks = { gateMs: number; databaseMs: number }

/** `stable`: both clocks can be trusted; `nowMs` is the earlier of them. */
export type ClockLook = { kind: 'stable'; nowMs: number } | { kind: 'unstable'; why: string }

/**
 * Says whether the clocks of the servers can be trusted for something that cannot be undone. They must agree,
 * and must have moved with the monotonic clock of this process over several looks. A clock that jumped, and
 * one that jumped back, begin anew.
 */
export type ClockWatch = {
  /** Rejects `unavailable` when a server does not answer. */
  look(): Promise<ClockLook>
}

export type ClockWatchOptions = {
  readClocks(): Promise<ServerClocks>
  monotonicMs(): number
  /** How long the clocks must have been steady. */
  steadyMs: number
}

/** More than two synchronised servers ever differ, and less than any campaign lasts. */
const differenceMsMax = 60_000

/** What a clock that is being corrected gains or loses between two looks, and what reading it takes. */
const driftMsMax = 5_000

export const createClockWatch = ({ readClocks, monotonicMs, steadyMs }: ClockWatchOptions): ClockWatch => {
  let steady: { sinceMs: number; offsetMs: number } | undefined
  return {
    async look() {
      const { gateMs, databaseMs } = await readClocks()
      const atMs = monotonicMs()
      const differenceMs = Math.abs(gateMs - databaseMs)
      if (differenceMs > differenceMsMax) {
        steady = undefined
        const seconds = Math.round(differenceMs / 1_000)
        return { kind: 'unstable', why: `the clocks of Redis and the database differ by ${seconds} s` }
      }
      const offsetMs = gateMs - atMs
      if (steady === undefined || Math.abs(offsetMs - steady.offsetMs) > driftMsMax)
        steady = { sinceMs: atMs, offsetMs }
      if (atMs - steady.sinceMs < steadyMs)
        return { kind: 'unstable', why: 'the clocks were not watched for long enough yet, or one moved' }
      return { kind: 'stable', nowMs: Math.min(gateMs, databaseMs) }
    },
  }
}

import type { Timers } from '../../../client/timers.ts'

type Pending = { atMs: number; run(): void }

/** Time that passes only when it is told to. */
export type VirtualTimers = Timers & {
  /** Time passes until the next timer, which runs. False when there is none. */
  fire(): boolean
}

export const createVirtualTimers = (): VirtualTimers => {
  let nowMs = 0
  const pending = new Set<Pending>()
  return {
    nowMs: () => nowMs,
    after(ms, run) {
      const timer = { atMs: nowMs + ms, run }
      pending.add(timer)
      return () => pending.delete(timer)
    },
    fire() {
      const [next] = [...pending].sort((one, other) => one.atMs - other.atMs)
      if (next === undefined) return false
      pending.delete(next)
      nowMs = Math.max(nowMs, next.atMs)
      next.run()
      return true
    },
  }
}

/** Lets time pass whenever nothing else happens, until `promise` is settled. */
export const runThrough = async <Value>(timers: VirtualTimers, promise: Promise<Value>): Promise<Value> => {
  let isSettled = false
  const settled = promise.finally(() => {
    isSettled = true
  })
  // A rejection belongs to the caller.
  settled.catch(() => undefined)
  while (!isSettled) {
    await new Promise((resolve) => setImmediate(resolve))
    if (!isSettled) timers.fire()
  }
  return settled
}

/**
 * Timers and a `fetch` for a real server: time passes while no request is under way. A server that leaves a
 * request waiting lets it pass by `fire`.
 */
export const createTimersBesideFetch = (): { timers: VirtualTimers; fetch: typeof globalThis.fetch } => {
  const virtual = createVirtualTimers()
  let underWay = 0
  return {
    timers: {
      ...virtual,
      after(ms, run) {
        const cancel = virtual.after(ms, run)
        // The timer of a request is set just before the request is sent.
        setImmediate(() => {
          if (underWay === 0) virtual.fire()
        })
        return cancel
      },
    },
    async fetch(input, init) {
      underWay += 1
      try {
        return await fetch(input, init)
      } finally {
        underWay -= 1
      }
    },
  }
}

/** Time, as the client needs it. Tests bring their own. */
export type Timers = {
  /** Milliseconds since any fixed moment. Never goes back. */
  nowMs(): number
  /** Runs `run` after `ms` milliseconds, unless it is cancelled before. */
  after(ms: number, run: () => void): () => void
}

/** The time of this machine. */
export const machineTimers: Timers = {
  nowMs: () => performance.now(),
  after(ms, run) {
    const id = setTimeout(run, ms)
    return () => clearTimeout(id)
  },
}

/** Resolves after `ms`. Rejects with the reason of `signal` when that is aborted before. */
export const waitFor = (timers: Timers, ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const abort = (): void => {
      cancel()
      reject(signal?.reason as Error)
    }
    const cancel = timers.after(ms, () => {
      signal?.removeEventListener('abort', abort)
      resolve()
    })
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
  })

/** Throws the reason of an aborted signal: browsers before 2022 have no method for that. */
export const throwReasonOf = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted === true) throw signal.reason ?? new Error('aborted')
}

/** The time that one caller waits, for whatever it waits for. */
export type Deadline = {
  /** The value of `pending`, or `undefined` when it comes too late. Rejects as `pending` does. */
  inTime<Value>(pending: Promise<Value>): Promise<Value | undefined>
  /** False from the deadline on: what has not begun need not begin. */
  isAwaited(): boolean
  /** Stops the clock. */
  clear(): void
}

export const createDeadline = (milliseconds: number): Deadline => {
  const { promise: over, resolve } = Promise.withResolvers<undefined>()
  let awaited = true
  const timer = setTimeout(() => {
    awaited = false
    resolve(undefined)
  }, milliseconds)
  return {
    inTime: (pending) => Promise.race([pending, over]),
    isAwaited: () => awaited,
    clear: () => clearTimeout(timer),
  }
}

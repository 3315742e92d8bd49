import { Failure } from './failure.ts'

/**
 * A limit that several queues can share: at most `max` items are queued or in flight; `held` is how many are
 * now.
 */
export type Bound = { readonly max: number; held: number }

export const createBound = (max: number): Bound => ({ max, held: 0 })

/** Batches items: those that arrive while a call is in flight go out together in the next call. */
export type GroupCommit<Item, Result> = {
  /**
   * Resolves with the item's own result. Rejects with what `run` threw, or with `overloaded` at once at the
   * bound.
   */
  submit(item: Item): Promise<Result>
}

export type GroupCommitOptions<Item, Result> = {
  /** Executes one batch. The results must have the order of the items. */
  run(items: Item[]): Promise<Result[]>
  /** The most items in one call. */
  batchSizeMax: number
  /** The most calls in flight at once. */
  inFlightMax: number
  bound: Bound
  /**
   * A call starts at least this long after the one before, unless a whole batch waits. An item that comes
   * later than that waits for nothing. Default: 0.
   */
  spacing?: { ms: number; monotonicMs(): number }
  /** Optional: a result that replaces running the item, e.g. when the caller has disconnected. */
  replacement?(item: Item): Result | undefined
}

type QueuedItem<Item, Result> = { item: Item; resolve(result: Result): void; reject(cause: unknown): void }

/**
 * As soon as a call is free, the next one takes all that has gathered. An idle queue waits for the end of the
 * event-loop turn, so that all requests read in this turn share one call.
 */
export const createGroupCommit = <Item, Result>(
  options: GroupCommitOptions<Item, Result>,
): GroupCommit<Item, Result> => {
  const { run, batchSizeMax, inFlightMax, bound, spacing } = options
  let waiting: QueuedItem<Item, Result>[] = []
  let inFlight = 0
  let scheduled = false
  let spaced: NodeJS.Timeout | undefined
  let nextStartMs = 0

  const flushSoon = (): void => {
    clearTimeout(spaced)
    spaced = undefined
    setImmediate(flush)
  }

  const schedule = (): void => {
    const isFull = waiting.length >= batchSizeMax
    if (spaced !== undefined && isFull) return flushSoon()
    if (scheduled || waiting.length === 0 || inFlight >= inFlightMax) return
    scheduled = true
    const waitMs = spacing === undefined || isFull ? 0 : nextStartMs - spacing.monotonicMs()
    if (waitMs <= 0) flushSoon()
    else spaced = setTimeout(flushSoon, waitMs)
  }

  /** Takes the next batch off the queue. Items with a replaced result do not count towards the batch size. */
  const take = (): QueuedItem<Item, Result>[] => {
    const batch: QueuedItem<Item, Result>[] = []
    let taken = 0
    for (const entry of waiting) {
      if (batch.length === batchSizeMax) break
      taken += 1
      const result = options.replacement?.(entry.item)
      if (result === undefined) batch.push(entry)
      else {
        bound.held -= 1
        entry.resolve(result)
      }
    }
    waiting = taken === waiting.length ? [] : waiting.slice(taken)
    return batch
  }

  const flush = (): void => {
    scheduled = false
    const batch = take()
    if (batch.length === 0) return
    if (spacing !== undefined) nextStartMs = spacing.monotonicMs() + spacing.ms
    inFlight += 1
    void execute(batch)
    schedule()
  }

  const execute = async (batch: QueuedItem<Item, Result>[]): Promise<void> => {
    try {
      const results = await run(batch.map((entry) => entry.item))
      if (results.length !== batch.length)
        throw new Failure('defect', `${batch.length} items gave ${results.length} results`)
      for (const [index, result] of results.entries()) batch[index]?.resolve(result)
    } catch (cause) {
      for (const entry of batch) entry.reject(cause)
    } finally {
      inFlight -= 1
      bound.held -= batch.length
      schedule()
    }
  }

  return {
    submit(item) {
      // safeguard: the queue bound
      if (bound.held >= bound.max)
        return Promise.reject(new Failure('overloaded', `${bound.max} items are waiting already`))
      bound.held += 1
      const { promise, resolve, reject } = Promise.withResolvers<Result>()
      waiting.push({ item, resolve, reject })
      schedule()
      return promise
    },
  }
}

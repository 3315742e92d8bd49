import { Failure } from './failure.ts'

/** A bound shared by several queues: how many items may wait or be under way at once. */
export type Bound = { readonly max: number; held: number }

/** A bound of `max` items with none held. */
export const createBound = (max: number): Bound => ({ max, held: 0 })

/** Items that arrive while a call is under way wait, and go out together in the next. */
export type GroupCommit<Item, Result> = {
  /** Resolves with the item's own result; rejects with what `run` threw, or `overloaded` at once when the bound is reached. */
  submit(item: Item): Promise<Result>
}

export type GroupCommitOptions<Item, Result> = {
  /** Carries out one batch; its results stand in the order of the items. */
  run(items: Item[]): Promise<Result[]>
  /** Items in one call at the most. */
  batchSizeMax: number
  /** Calls under way at once at the most. */
  inFlightMax: number
  bound: Bound
  /** Asked before an item goes out: a result in place of going. Whoever waits for it may be gone by then. */
  resultInstead?(item: Item): Result | undefined
}

type QueuedItem<Item, Result> = { item: Item; resolve(result: Result): void; reject(cause: unknown): void }

/**
 * Group commit without a timer: a batch leaves as soon as a call is free, with all that gathered meanwhile.
 * An idle queue leaves at the end of the event-loop turn, so that all requests read from sockets in this turn share one call.
 */
export const createGroupCommit = <Item, Result>(
  options: GroupCommitOptions<Item, Result>,
): GroupCommit<Item, Result> => {
  const { run, batchSizeMax, inFlightMax, bound } = options
  let waiting: QueuedItem<Item, Result>[] = []
  let inFlight = 0
  let scheduled = false

  const schedule = (): void => {
    if (scheduled || waiting.length === 0 || inFlight >= inFlightMax) return
    scheduled = true
    setImmediate(flush)
  }

  /** Takes the next batch off the queue; those who get a result instead leave no gap in it. */
  const take = (): QueuedItem<Item, Result>[] => {
    const batch: QueuedItem<Item, Result>[] = []
    let taken = 0
    for (const entry of waiting) {
      if (batch.length === batchSizeMax) break
      taken += 1
      const result = options.resultInstead?.(entry.item)
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
        return Promise.reject(new Failure('overloaded', `${bound.max} are waiting already`))
      bound.held += 1
      const { promise, resolve, reject } = Promise.withResolvers<Result>()
      waiting.push({ item, resolve, reject })
      schedule()
      return promise
    },
  }
}

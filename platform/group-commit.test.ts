import { afterEach, describe, expect, test, vi } from 'vitest'
import { Failure } from './failure.ts'
import { createBound, createGroupCommit, type GroupCommitOptions } from './group-commit.ts'

/** A queue whose calls the test answers. */
const openQueue = (changes: Partial<GroupCommitOptions<number, string>> = {}) => {
  const calls: { items: number[]; answer(results?: string[]): void; fail(cause: unknown): void }[] = []
  const bound = changes.bound ?? createBound(100)
  const queue = createGroupCommit<number, string>({
    batchSizeMax: 10,
    inFlightMax: 1,
    bound,
    run(items) {
      const { promise, resolve, reject } = Promise.withResolvers<string[]>()
      calls.push({
        items,
        answer: (results = items.map((item) => `r${item}`)) => resolve(results),
        fail: reject,
      })
      return promise
    },
    ...changes,
  })
  return {
    calls,
    bound,
    submit: queue.submit,
    submitAll: (...items: number[]) => items.map((item) => queue.submit(item)),
  }
}
/** Waits for the next turns of the event loop. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate)
}

test('items of one turn go out in one call, in order, and each gets its own result', async () => {
  const { calls, submitAll } = openQueue()
  const results = submitAll(1, 2, 3)
  expect(calls).toEqual([])
  await settled()
  expect(calls.map(({ items }) => items)).toEqual([[1, 2, 3]])
  calls[0]?.answer()
  expect(await Promise.all(results)).toEqual(['r1', 'r2', 'r3'])
})

test('items that arrive while a call is in flight go out together in the next, in order', async () => {
  const { calls, submitAll } = openQueue()
  void Promise.all(submitAll(1))
  await settled()
  void Promise.all(submitAll(2, 3))
  await settled()
  void Promise.all(submitAll(4))
  await settled()
  expect(calls).toHaveLength(1)
  calls[0]?.answer()
  await settled()
  expect(calls.map(({ items }) => items)).toEqual([[1], [2, 3, 4]])
})

test.each([1, 2, 5])(
  'at most %i calls are in flight, and none exceeds the batch size',
  async (inFlightMax) => {
    const { calls, submitAll } = openQueue({ inFlightMax, batchSizeMax: 3 })
    const results = submitAll(...Array.from({ length: 40 }, (_, index) => index))
    let answered = 0
    while (answered < 14) {
      await settled()
      expect(calls.length - answered).toBeLessThanOrEqual(inFlightMax)
      calls[answered]?.answer()
      answered += 1
    }
    expect((await Promise.all(results)).map((result) => Number(result.slice(1)))).toEqual(
      Array.from({ length: 40 }, (_, index) => index),
    )
    expect(calls.map(({ items }) => items.length)).toEqual([...Array.from({ length: 13 }, () => 3), 1])
    expect(calls.flatMap(({ items }) => items)).toEqual(Array.from({ length: 40 }, (_, index) => index))
  },
)

test('at the bound the next item is rejected at once, without a call; queued items go on', async () => {
  const { calls, bound, submit, submitAll } = openQueue({ bound: createBound(3) })
  const results = submitAll(1, 2, 3)
  await expect(submit(4)).rejects.toMatchObject({ code: 'overloaded' })
  expect(bound.held).toBe(3)
  await settled()
  await expect(submit(5)).rejects.toMatchObject({ code: 'overloaded' })
  calls[0]?.answer()
  expect(await Promise.all(results)).toEqual(['r1', 'r2', 'r3'])
  await settled()
  expect(bound.held).toBe(0)
  expect(calls).toHaveLength(1)
})

test('two queues share a bound', async () => {
  const bound = createBound(2)
  const [one, two] = [openQueue({ bound }), openQueue({ bound })]
  void Promise.all(one.submitAll(1))
  void Promise.all(two.submitAll(2))
  await expect(one.submit(3)).rejects.toMatchObject({ code: 'overloaded' })
  await settled()
  two.calls[0]?.answer()
  await settled()
  void Promise.all(one.submitAll(4))
  expect(bound.held).toBe(2)
})

test('an error rejects all items of its batch and no other, and frees their places', async () => {
  const { calls, bound, submitAll } = openQueue({ batchSizeMax: 2 })
  const results = Promise.allSettled(submitAll(1, 2, 3, 4, 5))
  await settled()
  calls[0]?.answer()
  await settled()
  const cause = new Failure('unavailable', 'no answer')
  calls[1]?.fail(cause)
  await settled()
  calls[2]?.answer()
  expect(await results).toEqual([
    { status: 'fulfilled', value: 'r1' },
    { status: 'fulfilled', value: 'r2' },
    { status: 'rejected', reason: cause },
    { status: 'rejected', reason: cause },
    { status: 'fulfilled', value: 'r5' },
  ])
  await settled()
  expect(bound.held).toBe(0)
})

test('a synchronous error of `run` rejects like any other', async () => {
  const bound = createBound(5)
  const queue = createGroupCommit<number, string>({
    batchSizeMax: 5,
    inFlightMax: 1,
    bound,
    run: () => {
      throw new Error('at once')
    },
  })
  await expect(queue.submit(1)).rejects.toThrow('at once')
  await expect(queue.submit(2)).rejects.toThrow('at once')
  expect(bound.held).toBe(0)
})

test.each([[['r1']], [['r1', 'r2', 'r3']], [[]]])(
  'a wrong number of results (%j) is a defect for all items',
  async (answer) => {
    const { calls, submitAll } = openQueue()
    const results = Promise.allSettled(submitAll(1, 2))
    await settled()
    calls[0]?.answer(answer)
    for (const result of await results)
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'defect' } })
  },
)

test('an item with a replaced result does not go out, frees its place and leaves no gap', async () => {
  const gone = new Set<number>()
  const { calls, bound, submitAll } = openQueue({
    batchSizeMax: 2,
    replacement: (item) => (gone.has(item) ? 'gone' : undefined),
  })
  const results = submitAll(1, 2, 3, 4, 5, 6)
  await settled()
  for (const item of [2, 3, 5]) gone.add(item)
  calls[0]?.answer()
  await settled()
  expect(calls.map(({ items }) => items)).toEqual([
    [1, 2],
    [4, 6],
  ])
  expect(bound.held).toBe(2)
  calls[1]?.answer()
  expect(await Promise.all(results)).toEqual(['r1', 'r2', 'gone', 'r4', 'gone', 'r6'])
})

test('when all results are replaced there is no call, and the queue goes on', async () => {
  const gone = new Set([1, 2])
  const { calls, bound, submitAll } = openQueue({
    replacement: (item) => (gone.has(item) ? 'gone' : undefined),
  })
  expect(await Promise.all(submitAll(1, 2))).toEqual(['gone', 'gone'])
  expect([calls.length, bound.held]).toEqual([0, 0])
  const [result] = submitAll(3)
  await settled()
  calls[0]?.answer()
  expect(await result).toBe('r3')
})

describe('with a spacing of 4 ms', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  /** A queue whose first call started 1 ms ago, and is answered. */
  const openSpaced = async (changes: Partial<GroupCommitOptions<number, string>> = {}) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const spacing = { ms: 4, monotonicMs: () => performance.now() }
    const queue = openQueue({ spacing, ...changes })
    void Promise.all(queue.submitAll(1))
    await settled()
    queue.calls[0]?.answer()
    vi.advanceTimersByTime(1)
    await settled()
    expect(queue.calls).toHaveLength(1)
    return { ...queue, sent: () => queue.calls.map(({ items }) => items) }
  }

  test('a call starts no sooner than that after the one before, and takes all that came meanwhile', async () => {
    const { submitAll, sent } = await openSpaced()
    void Promise.all(submitAll(2))
    vi.advanceTimersByTime(2)
    await settled()
    void Promise.all(submitAll(3))
    await settled()
    expect(sent()).toEqual([[1]])
    vi.advanceTimersByTime(1)
    await settled()
    expect(sent()).toEqual([[1], [2, 3]])
  })

  test('what comes later than that goes out at once', async () => {
    const { submitAll, sent } = await openSpaced()
    vi.advanceTimersByTime(3)
    void Promise.all(submitAll(2))
    await settled()
    expect(sent()).toEqual([[1], [2]])
  })

  test('a whole batch goes out at once, and what is left waits', async () => {
    const { calls, submitAll, sent } = await openSpaced({ batchSizeMax: 2 })
    void Promise.all(submitAll(2))
    await settled()
    expect(sent()).toEqual([[1]])
    void Promise.all(submitAll(3, 4))
    await settled()
    expect(sent()).toEqual([[1], [2, 3]])
    calls[1]?.answer()
    await settled()
    expect(sent()).toHaveLength(2)
    vi.advanceTimersByTime(4)
    await settled()
    expect(sent()).toEqual([[1], [2, 3], [4]])
  })
})

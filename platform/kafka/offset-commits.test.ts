import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createOffsetCommits } from './offset-commits.ts'

/** Commits that the test ends one by one. */
const open = () => {
  const commits: { partition: number; offset: number }[][] = []
  const ends: PromiseWithResolvers<void>[] = []
  const failures: unknown[] = []
  const offsets = createOffsetCommits({
    commit(some) {
      commits.push([...some])
      const end = Promise.withResolvers<void>()
      ends.push(end)
      return end.promise
    },
    onFailed: (cause) => void failures.push(cause),
  })
  return { commits, ends, failures, offsets }
}

describe('offsets of a group', () => {
  test('are committed one at a time, the newest of each partition: nobody waits for a slow coordinator', async () => {
    const { commits, ends, offsets } = open()
    for (const offset of [5, 6, 7]) offsets.note(0, offset)
    offsets.note(1, 3)
    expect(commits).toEqual([[{ partition: 0, offset: 5 }]])
    ends[0]?.resolve()
    await turn()
    expect(commits[1]).toEqual([
      { partition: 0, offset: 7 },
      { partition: 1, offset: 3 },
    ])
  })

  test('whose commit fails are reported, and later ones are committed', async () => {
    const { commits, ends, failures, offsets } = open()
    offsets.note(0, 5)
    ends[0]?.reject(new Error('no coordinator'))
    await offsets.drained(5_000)
    expect(failures).toEqual([new Error('no coordinator')])
    offsets.note(0, 6)
    expect(commits[1]).toEqual([{ partition: 0, offset: 6 }])
  })

  test('whose commit fails are committed later, unless a newer one is noted or they are forgotten', async () => {
    const { commits, ends, offsets } = open()
    const failed = async (): Promise<void> => {
      ends.at(-1)?.reject(new Error('no coordinator'))
      await turn()
    }
    offsets.note(0, 5)
    offsets.note(1, 3)
    await failed()
    offsets.retry()
    offsets.note(0, 6)
    await failed()
    offsets.retry()
    const both = [
      { partition: 0, offset: 6 },
      { partition: 1, offset: 3 },
    ]
    expect(commits.at(-1)).toEqual(both)
    offsets.forget()
    await failed()
    const count = commits.length
    offsets.retry()
    expect(commits).toHaveLength(count)
  })

  test('are committed also when they are noted just as a commit ends', async () => {
    for (let ticks = 0; ticks < 10; ticks += 1) {
      const { commits, ends, offsets } = open()
      offsets.note(0, 5)
      ends[0]?.resolve()
      for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve()
      offsets.note(0, 6)
      await turn()
      expect([ticks, commits.at(-1)]).toEqual([ticks, [{ partition: 0, offset: 6 }]])
    }
  })

  test('are waited for at a stop, for a bounded time', async () => {
    const { offsets } = open()
    await offsets.drained(5_000)
    offsets.note(0, 5)
    await expect(offsets.drained(1)).resolves.toBeUndefined()
  })
})

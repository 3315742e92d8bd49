import { expect, test } from 'vitest'
import { createClockWatch, type ServerClocks } from './clock-watch.ts'

const start = 1_700_000_000_000
const day = 86_400_000

/** Looks once a minute at clocks that are ahead of the true time by what each look says. */
const lookAt = async (ahead: readonly Partial<ServerClocks>[]): Promise<string[]> => {
  let atMs = 0
  const watch = createClockWatch({
    readClocks: async () => {
      const { gateMs = 0, databaseMs = 0 } = ahead[atMs / 60_000] ?? {}
      return { gateMs: start + atMs + gateMs, databaseMs: start + atMs + databaseMs }
    },
    monotonicMs: () => atMs,
    steadyMs: 120_000,
  })
  const looks: string[] = []
  for (; atMs < ahead.length * 60_000; atMs += 60_000) looks.push((await watch.look()).kind)
  return looks
}
const [no, yes] = ['unstable', 'stable']
const both = { gateMs: 3 * day, databaseMs: 3 * day }

test.each<[string, Partial<ServerClocks>[], (string | undefined)[]]>([
  ['steady clocks are trusted after the time', [{}, {}, {}, {}], [no, no, yes, yes]],
  ['a Redis three days ahead is not', [{}, {}, {}, { gateMs: 3 * day }, {}, {}], [no, no, yes, no, no, no]],
  [
    'both three days ahead for one look are not',
    [{}, {}, {}, both, {}, {}, {}],
    [no, no, yes, no, no, no, yes],
  ],
  ['a jump back begins anew', [{}, {}, {}, { gateMs: -40_000 }, { gateMs: -40_000 }], [no, no, yes, no, no]],
  ['a second of drift is none', [{}, { gateMs: 900 }, { gateMs: -900 }], [no, no, yes]],
])('%s', async (_, ahead, looks) => {
  expect(await lookAt(ahead)).toEqual(looks)
})

test('now is the earlier of the two clocks', async () => {
  const watch = createClockWatch({
    readClocks: async () => ({ gateMs: start + 9_000, databaseMs: start }),
    monotonicMs: () => 0,
    steadyMs: 0,
  })
  expect(await watch.look()).toEqual({ kind: 'stable', nowMs: start })
})

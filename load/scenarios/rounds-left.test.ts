import { expect, test } from 'vitest'
import { createProgressDisplay, type ProgressDisplay } from '../../platform/progress-display.ts'
import { benchRunOf, soundBurst } from '../../test/harness/values/bench-runs.ts'
import { runRounds } from './rounds.ts'
import { roundsLeft } from './rounds-left.ts'

test.each([
  [{ count: 7, done: 0, elapsedMs: 9_000, sinceLastMs: 9_000 }, 'round 1 of 7'],
  [{ count: 7, done: 2, elapsedMs: 60_000, sinceLastMs: 0 }, 'round 3 of 7, about 3 min left'],
  [{ count: 3, done: 2, elapsedMs: 70_000, sinceLastMs: 10_000 }, 'round 3 of 3, about 20 s left'],
  [{ count: 2, done: 1, elapsedMs: 95_000, sinceLastMs: 75_000 }, 'round 2 of 2, about 10 s left'],
])('%j is %s', (progress, words) => {
  expect(roundsLeft(progress)).toBe(words)
})

test('while rounds run a terminal says which, and from the second on how long they still take', async () => {
  let nowMs = 0
  const said: string[] = []
  const progress: ProgressDisplay = {
    ...createProgressDisplay({ write: () => true }),
    async step(what, work) {
      said.push(typeof what === 'string' ? what : what())
      const result = await work()
      said.push(typeof what === 'string' ? what : what())
      return result
    },
  }
  const [sound] = benchRunOf([soundBurst(12_000)]).burst.comparison?.rounds ?? []
  if (sound === undefined) throw new Error('no round')
  await runRounds(2, sound.burst.plan, {
    baseline: async () => sound.control,
    async burst() {
      nowMs += 60_000
      return sound.burst
    },
    ...{ progress, now: () => nowMs },
  })
  expect(said).toEqual([
    'round 1 of 2',
    'round 1 of 2',
    'round 2 of 2, about 60 s left',
    'round 2 of 2, about 10 s left',
  ])
})

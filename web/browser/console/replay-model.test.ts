import { expect, test } from 'vitest'
import type { Timeline, TimelineChange } from '../../../client/contract-types.ts'
import { createReplay, keyMove, keyStepMs } from './replay-model.ts'

const at = (ms: number): string => new Date(ms).toISOString()
const change = (version: number, ms: number, stock: number): TimelineChange => ({
  ...{ version, action: version === 1 ? 'created' : 'stock-raised', at: at(ms), stock },
  ...{ by: null, reason: null },
})
const openMs = 1_000_000
const timelineOf = (
  points: readonly (readonly [rank: number, ms: number])[],
  changes = [change(1, 0, 10)],
): Timeline => ({
  ...{ campaignId: 'a', name: 'A', timeZone: 'UTC', opensAt: at(openMs), closesAt: at(9_000_000) },
  ...{ milestones: [], changes, points: points.map(([rank, ms]) => ({ rank, at: at(openMs + ms) })) },
})
const replayOf = (...options: Parameters<typeof timelineOf>) => {
  const replay = createReplay(timelineOf(...options))
  if (replay === undefined) throw new Error('there are points')
  return replay
}

test('without a grant there is nothing to replay', () => {
  expect(createReplay(timelineOf([]))).toBeUndefined()
})

test('one grant is in the middle of two seconds', () => {
  const replay = replayOf([[1, 0]])
  expect([replay.fromMs - openMs, replay.toMs - openMs]).toEqual([-1_000, 1_000])
  expect([replay.grantedAt(openMs - 1), replay.grantedAt(openMs)]).toEqual([0, 1])
})

test('between two grants that follow each other nothing is made up, and between others a straight line', () => {
  const replay = replayOf([
    [1, 0],
    [2, 100],
    [102, 1_100],
  ])
  const granted = [0, 99, 100, 600, 1_099, 1_100, 1_101].map((ms) => replay.grantedAt(openMs + ms))
  expect(granted).toEqual([1, 1, 2, 52, 101, 102, 102])
})

test('what is left follows the stock of each moment, and is unknown before what the changes tell', () => {
  const points = [
    [1, 0],
    [2, 10],
  ] as const
  const replay = replayOf(points, [change(1, openMs + 3, 2), change(2, openMs + 500, 5)])
  const left = [-1, 0, 10, 499, 500].map((ms) => replay.leftAt(openMs + ms))
  expect(left).toEqual([2, 1, 0, 0, 3])
  const unknown = replayOf(points, [change(7, openMs + 5, 2)])
  expect([unknown.leftAt(openMs), unknown.leftAt(openMs + 10)]).toEqual([null, 0])
  expect(replay.left.find(({ atMs }) => atMs === openMs + 499)?.value).toBe(0)
})

test('ranks that were lost and granted again later are counted when that was', () => {
  const replay = replayOf([
    [1, 0],
    [2, 900],
    [3, 20],
  ])
  expect([20, 899, 900].map((ms) => replay.grantedAt(openMs + ms))).toEqual([2, 2, 3])
})

test('the rates of all windows are all grants', () => {
  const points = Array.from({ length: 400 }, (_, index) => [1 + index, 7 * index] as const)
  const { rates, windowMs } = replayOf(points)
  expect(windowMs).toBe(100)
  const sum = rates.reduce((all, { value }) => all + ((value ?? 0) * windowMs) / 1_000, 0)
  expect(sum).toBe(400)
})

test.each([
  ['a pause near the sale is shown', 30_000, 31_000],
  ['one a day later would leave the grants no room', 86_400_000, 1_000],
])('%s', (_, changedMs, endMs) => {
  const replay = replayOf([[1, 0]], [change(1, -1, 10), change(2, openMs + changedMs, 10)])
  expect(replay.toMs - openMs).toBe(endMs)
})

test('a sale of a month has no more rates than one of a minute', () => {
  const replay = replayOf([
    [1, 0],
    [2, 2_592_000_000],
  ])
  expect(replay.rates.length).toBeLessThanOrEqual(302)
})

test.each([
  ['ArrowRight', 5_000, 5_010],
  ['ArrowUp', 6_000, 6_000],
  ['ArrowLeft', 5_000, 4_990],
  ['ArrowDown', 5, 0],
  ['PageUp', 5_000, 5_100],
  ['PageDown', 5_000, 4_900],
  ['Home', 5_000, 0],
  ['End', 5_000, 6_000],
  ['Tab', 5_000, undefined],
])('the key %s leads from %s to %s', (key, from, to) => {
  expect(keyMove(key, from, { fromMs: 0, toMs: 6_000 })).toBe(to)
})

test.each([
  [2_000, 10],
  [60_000, 100],
  [600_000, 1_000],
  [864_000_000, 600_000],
])('in a sale of %s ms an arrow key goes %s ms', (toMs, stepMs) => {
  expect(keyStepMs({ fromMs: 0, toMs })).toBe(stepMs)
})

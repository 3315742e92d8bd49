import { expect, test } from 'vitest'
import type { ConsoleFrame } from '../../../client/contract-types.ts'
import { createFrameHistory } from './frame-history.ts'

const frameAt = (second: number, granted: number | null, processId = '1'): ConsoleFrame => ({
  serverTime: new Date(1_000_000 + second * 1_000).toISOString(),
  ageMs: { gates: 300, log: 200, ledger: 100 },
  campaigns: [
    {
      ...{ id: 'a', name: 'A', state: 'open', version: 1, epoch: 1, stock: 100, granted, outbox: 0 },
      ...{ outboxOldestMs: 0, recorded: 5, holds: true, oversold: 0 },
    },
  ],
  ...{ otherCampaigns: 0, events: null, watched: [], otherWatched: 0, lag: null, oldestUnrecordedMs: null },
  ...{ deadLetters: null, processId, otherProcesses: 0 },
  processes: [
    {
      ...{ id: processId, name: 'host:1', kind: 'api', eventLoop: 0, cpu: 0, memoryBytes: 1, rows: 0 },
      ...{ outcomes: { granted: second }, queue: 0, publishQueue: 0, isPublisherOpen: false },
      issueDurations: [{ le: '+Inf', count: second }],
      sampledAt: new Date(1_000_000 + second * 1_000).toISOString(),
    },
  ],
})

test('each figure stands at the moment when its server was read', () => {
  const history = createFrameHistory()
  history.add(frameAt(1, 20))
  history.add(frameAt(2, null))
  expect(history.granted('a')).toEqual([
    { atMs: 1_000_700, value: 20 },
    { atMs: 1_001_700, value: null },
  ])
  expect(history.left('a').map(({ value }) => value)).toEqual([80, null])
  expect(history.recorded('a')[0]).toEqual({ atMs: 1_000_900, value: 5 })
  expect(history.granted('b')[0]?.value).toBeNull()
})

test('answers of a process count from its second frame on', () => {
  const history = createFrameHistory()
  for (const frame of [frameAt(1, 0), frameAt(2, 0), frameAt(3, 0, '2'), frameAt(4, 0, '2')])
    history.add(frame)
  expect(history.answers('granted').map(({ value }) => value)).toEqual([null, 1, null, 1])
  expect(history.answers('paused').map(({ value }) => value)).toEqual([null, 0, null, 0])
  expect(history.outcomes()).toEqual(['granted'])
  expect(history.durations().count).toBe(2)
  expect(history.durations(1)).toMatchObject({ count: 1, overMs: 1_000 })
})

test('durations are merged over ten seconds', () => {
  const history = createFrameHistory()
  for (let second = 0; second <= 30; second += 1) history.add(frameAt(second, 0))
  expect(history.durations()).toMatchObject({ count: 10, overMs: 10_000 })
})

test('a frame that another process made earlier is passed over', () => {
  const history = createFrameHistory()
  expect([frameAt(5, 0), frameAt(5, 0), frameAt(4, 0, '2'), frameAt(6, 0)].map(history.add)).toEqual([
    ...[true, false, false, true],
  ])
  expect(history.frames()).toHaveLength(2)
})

test('it keeps as many frames as are shown, and begins anew when time runs back', () => {
  const history = createFrameHistory()
  for (let second = 0; second < 500; second += 1) history.add(frameAt(second, 0))
  expect(history.frames()).toHaveLength(140)
  expect(history.shownMs()).toBe(120_000)
  history.add(frameAt(3, 0))
  expect(history.frames()).toHaveLength(1)
  expect(history.shownMs()).toBe(30_000)
})

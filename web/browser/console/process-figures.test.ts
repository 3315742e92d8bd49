import { expect, test } from 'vitest'
import type { ConsoleFrame, ConsoleProcess } from '../../../client/contract-types.ts'
import { createProcessFigures } from './process-figures.ts'

/** A process that has granted this many coupons and stored this many rows by that second. */
const processAt = (id: string, second: number, granted: number, rows = 0): ConsoleProcess => ({
  ...{ id, name: 'host:1', kind: 'api', eventLoop: 0, cpu: 0, memoryBytes: 1, queue: 0, publishQueue: 0 },
  ...{ isPublisherOpen: false, outcomes: { granted }, rows },
  issueDurations: [
    { le: '0.01', count: granted },
    { le: '+Inf', count: 0 },
  ],
  sampledAt: new Date(1_000_000 + second * 1_000).toISOString(),
})

/** What frames with these processes show, one a second: grants a second, rows a second, and presses. */
const seen = (...frames: ConsoleProcess[][]) => {
  const figures = createProcessFigures()
  return frames.map((processes, second) => {
    const serverTime = new Date(1_000_000 + second * 1_000).toISOString()
    const { outcomes, rows, presses } = figures.add({ serverTime, processes } as ConsoleFrame)
    return [outcomes?.get('granted') ?? null, rows, presses.get(10) ?? 0]
  })
}

test('answers, rows and presses are added up over processes, each by its own time', () => {
  expect(
    seen(
      [processAt('a', 0, 100), processAt('w', 0.4, 0, 50)],
      [processAt('a', 1, 110), processAt('w', 1.4, 0, 90)],
      // This one said something only after two seconds.
      [processAt('a', 3, 130), processAt('w', 2.4, 0, 90)],
    ),
  ).toEqual([
    [null, null, 0],
    [10, 40, 10],
    [10, 0, 20],
  ])
})

test('a process that starts anew makes no count negative, and no rate jump', () => {
  const frames = [
    [processAt('a', 0, 5_000), processAt('b', 0, 900)],
    [processAt('a', 1, 5_010), processAt('b', 1, 910)],
    [processAt('a2', 2, 3), processAt('b', 2, 920)],
    [processAt('a2', 3, 13), processAt('b', 3, 930)],
  ]
  expect(seen(...frames).map(([granted]) => granted)).toEqual([null, 20, 10, 20])
})

test('a count that falls although its process is the same counts as no growth', () => {
  expect(seen([processAt('a', 0, 50)], [processAt('a', 1, 40)]).at(-1)).toEqual([0, 0, 0])
})

test('a process that says nothing new goes on at its pace, and its presses count once', () => {
  const [first, second] = [processAt('a', 0, 0), processAt('a', 1, 10)]
  expect(seen([first], [second], [second], [processAt('a', 2, 30)])).toEqual([
    [null, null, 0],
    [10, 0, 10],
    [10, 0, 0],
    [20, 0, 20],
  ])
})

test('after some frames without Redis a process goes on where it was, at the mean of the gap', () => {
  const own = (second: number) => processAt('own', second, 0)
  expect(
    seen([own(0), processAt('b', 0, 0)], [own(1)], [own(2)], [own(3), processAt('b', 3, 300)]).map(
      ([granted]) => granted,
    ),
  ).toEqual([null, 0, 0, 100])
})

test('a process that was away for long begins anew', () => {
  const empty = Array.from({ length: 17 }, () => [])
  expect(seen([processAt('a', 0, 0)], ...empty, [processAt('a', 18, 1_800)]).at(-1)).toEqual([null, null, 0])
})

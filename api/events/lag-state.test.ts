import { describe, expect, test } from 'vitest'
import { createLagWindow, type LagReading, lagStateOf } from './lag-state.ts'

/** Readings of every ten seconds, each of position and end: `lives` has whether a worker was seen. */
const windowOf = (readings: readonly (readonly [number, number])[], lives: string): LagReading[] =>
  readings.map(([position, end], index) => ({
    ...{ atMs: index * 10_000, position, end },
    isWorkerSeen: lives[index] === '?' ? null : lives[index] === '+',
  }))

describe('the state of a partition, over a window of 30 s', () => {
  test.each([
    [
      'has all',
      [
        [5, 5],
        [5, 5],
        [5, 5],
        [5, 5],
      ],
      '++++',
      'ok',
    ],
    [
      'has all now',
      [
        [5, 9],
        [5, 9],
        [5, 9],
        [9, 9],
      ],
      '++++',
      'ok',
    ],
    [
      'had all once, whatever came since',
      [
        [5, 9],
        [9, 9],
        [9, 20],
        [9, 30],
      ],
      '++++',
      'ok',
    ],
    [
      'catches up',
      [
        [0, 90],
        [10, 90],
        [20, 95],
        [40, 99],
      ],
      '++++',
      'ok',
    ],
    [
      'caught up a little, once',
      [
        [0, 90],
        [10, 95],
        [11, 120],
        [12, 160],
      ],
      '++++',
      'ok',
    ],
    [
      'moves, and keeps its distance',
      [
        [0, 90],
        [10, 100],
        [20, 110],
        [30, 120],
      ],
      '++++',
      'warn',
    ],
    [
      'moves, and falls behind',
      [
        [0, 90],
        [10, 110],
        [20, 150],
        [30, 180],
      ],
      '++++',
      'warn',
    ],
    [
      'stands, with a worker',
      [
        [5, 9],
        [5, 9],
        [5, 9],
        [5, 9],
      ],
      '++++',
      'stall',
    ],
    [
      'stands, while records come',
      [
        [5, 9],
        [5, 10],
        [5, 20],
        [5, 21],
      ],
      '++++',
      'stall',
    ],
    [
      'stands, with a worker that may live',
      [
        [5, 9],
        [5, 9],
        [5, 9],
        [5, 9],
      ],
      '????',
      'stall',
    ],
    [
      'stands, with a worker that was there a moment ago',
      [
        [5, 9],
        [5, 9],
        [5, 9],
        [5, 9],
      ],
      '+++-',
      'stall',
    ],
    [
      'stands, without a worker',
      [
        [5, 9],
        [5, 9],
        [5, 9],
        [5, 9],
      ],
      '----',
      'stop',
    ],
    [
      'stands, with a worker that is gone',
      [
        [5, 9],
        [5, 9],
        [5, 9],
        [5, 9],
      ],
      '++--',
      'stop',
    ],
    [
      'moves, with a worker that does not say so',
      [
        [0, 9],
        [1, 20],
        [2, 30],
        [3, 40],
      ],
      '----',
      'warn',
    ],
    [
      'went back, and is behind',
      [
        [50, 60],
        [50, 60],
        [10, 60],
        [20, 60],
      ],
      '++++',
      'rewind',
    ],
    [
      'went back from where it had all',
      [
        [60, 60],
        [60, 60],
        [10, 60],
        [20, 60],
      ],
      '++++',
      'rewind',
    ],
    [
      'went back, and has been where it was',
      [
        [50, 60],
        [10, 60],
        [40, 60],
        [55, 60],
      ],
      '++++',
      'ok',
    ],
    [
      'went back, and has all',
      [
        [60, 60],
        [10, 60],
        [40, 60],
        [60, 60],
      ],
      '++++',
      'ok',
    ],
    [
      'went back a moment ago',
      [
        [50, 60],
        [10, 60],
      ],
      '++',
      'rewind',
    ],
    [
      'is behind, and was not watched for long',
      [
        [5, 9],
        [5, 9],
        [5, 9],
      ],
      '+++',
      null,
    ],
    ['is not behind, at the first look', [[5, 5]], '+', 'ok'],
    ['is ahead of an end that was read before it', [[7, 5]], '+', 'ok'],
    ['was never looked at', [], '', null],
  ] as const)('that %s', (_, readings, lives, state) => {
    expect(lagStateOf(windowOf(readings, lives), 30_000)).toBe(state)
  })
})

describe('the window', () => {
  const at = (...offsets: number[]) => new Map(offsets.entries())
  /** Ends and positions once a second, from 1 s on. */
  const watch = (seconds: number, read: (second: number) => [number[], number[]]) => {
    const window = createLagWindow()
    return Array.from({ length: seconds }, (_, index) => {
      const [ends, positions] = read(index + 1)
      const reading = { ends: at(...ends), positions: at(...positions), isWorkerSeen: true }
      return window.add(reading, (index + 1) * 1_000)
    })
  }

  test('tells a standstill after half a minute, and that it is over at once', () => {
    const states = watch(60, (second) => [[9], [second < 50 ? 5 : 9]])
    expect(states.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => null))
    expect(states.slice(30, 49)).toEqual(Array.from({ length: 19 }, () => 'stall'))
    expect(states.slice(49)).toEqual(Array.from({ length: 11 }, () => 'ok'))
  })

  test('forgets what is older than half a minute', () => {
    const states = watch(80, (second) => [[100], [second < 5 ? 50 : 10 + second / 2]])
    expect(states[5]).toBe('rewind')
    expect(states[79]).toBe('ok')
  })

  test('of several partitions the worst counts, and one that was never recorded is at 0', () => {
    expect(
      watch(40, (second) => [
        [9, 9, 9],
        [9, 5 + second],
      ]).at(-1),
    ).toBe('stall')
    expect(
      watch(3, () => [
        [9, 9],
        [9, 5],
      ]).at(-1),
    ).toBeNull()
  })

  test('begins anew when nobody watched for longer than it is', () => {
    const window = createLagWindow()
    const reading = { ends: at(9), positions: at(5), isWorkerSeen: true }
    expect([0, 20_000, 40_000, 100_000].map((atMs) => window.add(reading, atMs))).toEqual([
      ...[null, null, 'stall', null],
    ])
  })
})

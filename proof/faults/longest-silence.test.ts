import { describe, expect, test } from 'vitest'
import { createLongestSilence } from './longest-silence.ts'

type Event = [atMs: number, what: 'asks' | 'answered' | 'gaveUp', person: number]

const longest = (events: Event[], atMs: number): number => {
  let nowMs = 0
  const silence = createLongestSilence(() => nowMs)
  for (const [eventMs, what, person] of events) {
    nowMs = eventMs
    silence[what](person)
  }
  nowMs = atMs
  return silence.longestMs()
}

describe('the longest silence', () => {
  const stories: [string, Event[], number, number][] = [
    ['it is 0 while nobody asks', [], 1_000, 0],
    ['somebody who still waits counts', [[100, 'asks', 1]], 400, 300],
    [
      'it ends with the answer',
      [
        [100, 'asks', 1],
        [150, 'answered', 1],
      ],
      900,
      50,
    ],
    [
      'a time in which nobody waits does not count',
      [
        [0, 'asks', 1],
        [50, 'answered', 1],
        [800, 'asks', 2],
      ],
      810,
      50,
    ],
    [
      'an answer to somebody else ends it',
      [
        [0, 'asks', 1],
        [200, 'asks', 2],
        [300, 'answered', 2],
      ],
      500,
      300,
    ],
    [
      'asking again without an answer continues it',
      [
        [0, 'asks', 1],
        [200, 'asks', 1],
        [300, 'asks', 1],
      ],
      700,
      700,
    ],
    [
      'it lasts until the only person who waits gives up',
      [
        [0, 'asks', 1],
        [250, 'gaveUp', 1],
      ],
      900,
      250,
    ],
  ]

  test.each(stories)('%s', (_, events, atMs, expected) => {
    expect(longest(events, atMs)).toBe(expected)
  })
})

import { expect, test } from 'vitest'
import { createLongestSilence } from './longest-silence.ts'

type Step = [atMs: number, what: 'asks' | 'answered' | 'gaveUp', person: number]

const longest = (steps: Step[], atMs: number): number => {
  let nowMs = 0
  const silence = createLongestSilence(() => nowMs)
  for (const [stepMs, what, person] of steps) {
    nowMs = stepMs
    silence[what](person)
  }
  nowMs = atMs
  return silence.longestMs()
}

const stories: [string, Step[], number, number][] = [
  ['nobody asks, and no time counts', [], 1_000, 0],
  ['somebody who waits counts before the answer is there', [[100, 'asks', 1]], 400, 300],
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
    'a time in which nobody waits is no silence',
    [
      [0, 'asks', 1],
      [50, 'answered', 1],
      [800, 'asks', 2],
    ],
    810,
    50,
  ],
  [
    'an answer to another breaks it',
    [
      [0, 'asks', 1],
      [200, 'asks', 2],
      [300, 'answered', 2],
    ],
    500,
    300,
  ],
  [
    'asking again without an answer goes on with it',
    [
      [0, 'asks', 1],
      [200, 'asks', 1],
      [300, 'asks', 1],
    ],
    700,
    700,
  ],
  [
    'who gives up waited until then',
    [
      [0, 'asks', 1],
      [250, 'gaveUp', 1],
    ],
    900,
    250,
  ],
]

test.each(stories)('%s', (_, steps, atMs, expected) => {
  expect(longest(steps, atMs)).toBe(expected)
})

import { expect, test } from 'vitest'
import { byUrgency } from './by-urgency.ts'

const state = 'open' as const

test('open campaigns come first, then paused ones, the next to open, and closed ones last', () => {
  const ended = { name: 'ended', state, opensAtMs: 0, closesAtMs: 50 }
  const closed = { name: 'closed', state: 'closed' as const, opensAtMs: 10, closesAtMs: 200 }
  const later = { name: 'later', state, opensAtMs: 150, closesAtMs: 200 }
  const soon = { name: 'soon', state, opensAtMs: 101, closesAtMs: 200 }
  const paused = { name: 'paused', state: 'paused' as const, opensAtMs: 20, closesAtMs: 200 }
  const open = { name: 'open', state, opensAtMs: 30, closesAtMs: 200 }
  const ordered = byUrgency([ended, closed, later, soon, paused, open], 100)
  expect(ordered.map(({ name }) => name)).toEqual(['open', 'paused', 'soon', 'later', 'ended', 'closed'])
})

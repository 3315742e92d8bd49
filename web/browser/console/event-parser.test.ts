import { expect, test } from 'vitest'
import { createEventParser } from './event-parser.ts'
import { backoffOf } from './follow-frames.ts'

const stream =
  'retry: 100\n\n: beat\n\nid: 1\nevent: console\ndata: {"a":1}\n\nevent: x\ndata: 1\ndata:2\r\n\r\ndata: cut'

const parsed = (pieces: readonly string[]) => {
  const events: { type: string; data: string }[] = []
  const parser = createEventParser((event) => events.push(event))
  for (const piece of pieces) parser.add(piece)
  return events
}
const expected = [
  { type: 'console', data: '{"a":1}' },
  { type: 'x', data: '1\n2' },
]

test('events are read wherever the stream is cut, and one that is not whole does not count', () => {
  expect(parsed([stream])).toEqual(expected)
  expect(parsed(stream.split(''))).toEqual(expected)
  for (let cut = 0; cut < stream.length; cut += 1)
    expect(parsed([stream.slice(0, cut), stream.slice(cut)])).toEqual(expected)
})

test('the wait before another connection doubles, to half a minute at most, and is spread', () => {
  expect([1, 2, 3, 9, 2_000].map((failures) => backoffOf(failures, () => 0.99))).toEqual([
    ...[995, 1_990, 3_980, 29_850, 29_850],
  ])
  expect(backoffOf(1, () => 0)).toBe(500)
})

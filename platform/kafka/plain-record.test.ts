import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { encodePlainRecord } from './plain-record.ts'

const require = createRequire(import.meta.url)
// The encoder of kafkajs itself: nothing in this file loads the overrides.
const original = require('kafkajs/src/protocol/recordBatch/record/v0') as (message: {
  value: string
  offsetDelta: number
  timestampDelta: number
}) => { buffer: Buffer }

const sizes = [0, 1, 40, 50, 55, 56, 57, 58, 63, 64, 120, 127, 128, 200, 8_180, 8_191, 8_192, 100_000]
const offsets = [0, 1, 63, 64, 255, 8_191, 8_192, 1_000_000]

test.each(sizes)('a record of %i bytes is encoded as kafkajs encodes it, at any offset', (size) => {
  for (const offsetDelta of offsets) {
    const value = 'x'.repeat(size)
    const expected = original({ value, offsetDelta, timestampDelta: 0 }).buffer
    expect(encodePlainRecord(value, offsetDelta).equals(expected)).toBe(true)
  }
})

test('the length of a value that is not ASCII is in bytes, not in characters', () => {
  const value = '쿠폰 é 🎟'
  expect(encodePlainRecord(value, 7)).toEqual(original({ value, offsetDelta: 7, timestampDelta: 0 }).buffer)
})

import { describe, expect, test } from 'vitest'
import { decompressLz4 } from './lz4.ts'
import { decompressSnappy } from './snappy.ts'

// Both are `ababababab`: two literal bytes, and what follows as a copy that overlaps what it writes.
const snappyBlock = Buffer.from([10, 4, 0x61, 0x62, 17, 2])
const lz4Block = Buffer.from([0x23, 0x61, 0x62, 2, 0, 0x10, 0x62])
const javaHeader = Buffer.from([0x82, ...Buffer.from('SNAPPY'), 0, 0, 0, 0, 1, 0, 0, 0, 1])
const lz4Header = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82])
const [javaLength, lz4Length] = [Buffer.from([0, 0, 0, 6]), Buffer.from([7, 0, 0, 0])]
const lz4End = Buffer.alloc(4)

const framed = {
  snappy: Buffer.concat([javaHeader, javaLength, snappyBlock, javaLength, snappyBlock]),
  lz4: Buffer.concat([lz4Header, lz4Length, lz4Block, lz4Length, lz4Block, lz4End]),
}
const literal = Buffer.alloc(300, 'x')

describe('records that a broker compressed are read', () => {
  test.each([
    ['a snappy block', decompressSnappy, snappyBlock, 'ab'.repeat(5)],
    ['two snappy blocks of a Java client', decompressSnappy, framed.snappy, 'ab'.repeat(10)],
    [
      'a long snappy literal, and a copy of two bytes of offset',
      decompressSnappy,
      Buffer.concat([Buffer.from([0xe8, 2, 61 << 2, 43, 1]), literal, Buffer.from([(59 << 2) | 2, 44, 1])]),
      'x'.repeat(360),
    ],
    ['an LZ4 frame of two blocks', decompressLz4, framed.lz4, 'ab'.repeat(10)],
    ['two LZ4 frames', decompressLz4, Buffer.concat([framed.lz4, framed.lz4]), 'ab'.repeat(20)],
    [
      'an LZ4 block that is not compressed',
      decompressLz4,
      Buffer.concat([lz4Header, Buffer.from([44, 1, 0, 0x80]), literal, lz4End]),
      'x'.repeat(300),
    ],
    [
      'a long LZ4 literal, and a long copy',
      decompressLz4,
      Buffer.concat([
        ...[lz4Header, Buffer.from([0x34, 1, 0, 0, 0xff, 255, 30]), literal, Buffer.from([1, 0, 255, 26, 0])],
        lz4End,
      ]),
      'x'.repeat(600),
    ],
  ])('%s', (_, decompress, input, text) => {
    expect(decompress(input).toString()).toBe(text)
  })

  test.each([
    ['snappy', decompressSnappy, snappyBlock],
    ['LZ4', decompressLz4, framed.lz4],
  ])('%s that was cut anywhere is refused', (_, decompress, input) => {
    for (let length = 1; length < input.length; length += 1)
      expect(() => decompress(input.subarray(0, length))).toThrow()
  })

  test.each([
    ['snappy', decompressSnappy, Buffer.from([10, 4, 0x61, 0x62, 17, 3])],
    [
      'LZ4',
      decompressLz4,
      Buffer.concat([lz4Header, lz4Length, Buffer.from([0x23, 1, 2, 9, 0, 0x10, 3]), lz4End]),
    ],
  ])('%s that refers to bytes before its start is refused', (_, decompress, input) => {
    expect(() => decompress(input)).toThrow('before their start')
  })
})

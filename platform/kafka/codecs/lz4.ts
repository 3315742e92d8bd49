import { type BlockWriter, createBlockWriter } from './block-writer.ts'

const magic = 0x184d2204
/** The first size of the output, which grows. A wrong length in the input must not take memory. */
const expectedBytesMax = 4_194_304

/** https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md */
const decodeBlock = (input: Buffer, output: BlockWriter): void => {
  let at = 0
  /** 15 says that bytes follow, up to and with the first that is not 255. */
  const readLength = (nibble: number): number => {
    let length = nibble
    for (let byte = nibble === 15 ? 255 : 0; byte === 255; length += byte) {
      byte = input.readUInt8(at)
      at += 1
    }
    return length
  }
  for (;;) {
    const token = input.readUInt8(at)
    at += 1
    const literals = readLength(token >> 4)
    output.literal(input, at, literals)
    at += literals
    // A block ends with literals.
    if (at === input.length) return
    const distance = input.readUInt16LE(at)
    at += 2
    output.copy(distance, 4 + readLength(token & 15))
  }
}

/** Writes one frame and returns where the next one begins. */
const decodeFrame = (input: Buffer, from: number, output: BlockWriter): number => {
  if (input.readUInt32LE(from) !== magic) throw new Error('compressed records are no LZ4 frame')
  const flags = input.readUInt8(from + 4)
  const [hasBlockChecksums, hasSize, hasChecksum, hasDictionary] = [16, 8, 4, 1].map(
    (bit) => (flags & bit) > 0,
  )
  let at = from + 7 + (hasSize ? 8 : 0) + (hasDictionary ? 4 : 0)
  for (;;) {
    const word = input.readUInt32LE(at)
    at += 4
    if (word === 0) return at + (hasChecksum ? 4 : 0)
    const size = word & 0x7fff_ffff
    if (at + size > input.length) throw new Error('compressed records end too early')
    // The highest bit says that the block is not compressed.
    if (word > 0x7fff_ffff) output.literal(input, at, size)
    else decodeBlock(input.subarray(at, at + size), output)
    at += size + (hasBlockChecksums ? 4 : 0)
  }
}

/**
 * Decompresses the records of a batch: LZ4 frames (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md).
 * Throws when they are damaged. Checksums are not compared: the broker compared that of the whole batch.
 */
export const decompressLz4 = (input: Buffer): Buffer => {
  const output = createBlockWriter(Math.min(4 * input.length, expectedBytesMax))
  for (let at = 0; at < input.length; ) at = decodeFrame(input, at, output)
  return output.result()
}

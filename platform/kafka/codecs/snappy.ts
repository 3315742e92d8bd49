import { type BlockWriter, createBlockWriter } from './block-writer.ts'

/**
 * The header that Java clients write: `\x82SNAPPY\0`, version, lowest compatible version; then blocks with
 * their lengths.
 */
const javaMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const javaHeaderBytes = 16
/** The first size of the output, which grows. A wrong length in the input must not take memory. */
const expectedBytesMax = 4_194_304

/** A number of 7 bits a byte, the lowest first. */
const readLength = (input: Buffer): { value: number; next: number } => {
  let value = 0
  for (let next = 0; next < 5; next += 1) {
    const byte = input.readUInt8(next)
    value += (byte & 0x7f) * 2 ** (7 * next)
    if (byte < 0x80) return { value, next: next + 1 }
  }
  throw new Error('compressed records have no length')
}

/** https://github.com/google/snappy/blob/main/format_description.txt */
const decodeBlock = (input: Buffer, output: BlockWriter): void => {
  const { value: expected, next } = readLength(input)
  const end = output.written() + expected
  let at = next
  while (at < input.length) {
    const tag = input.readUInt8(at)
    at += 1
    const [kind, size] = [tag & 3, tag >> 2]
    if (kind === 0) {
      const lengthBytes = Math.max(0, size - 59)
      const length = 1 + (lengthBytes === 0 ? size : input.readUIntLE(at, lengthBytes))
      output.literal(input, at + lengthBytes, length)
      at += lengthBytes + length
    } else if (kind === 1) {
      output.copy(((tag >> 5) << 8) | input.readUInt8(at), 4 + (size & 7))
      at += 1
    } else {
      const offsetBytes = kind === 2 ? 2 : 4
      output.copy(input.readUIntLE(at, offsetBytes), 1 + size)
      at += offsetBytes
    }
  }
  if (output.written() !== end) throw new Error('compressed records have another length than they say')
}

/**
 * Decompresses the records of a batch, with the framing of Java clients or without. Throws when they are
 * damaged.
 */
export const decompressSnappy = (input: Buffer): Buffer => {
  if (!input.subarray(0, javaMagic.length).equals(javaMagic)) {
    const output = createBlockWriter(Math.min(readLength(input).value, expectedBytesMax))
    decodeBlock(input, output)
    return output.result()
  }
  const output = createBlockWriter(Math.min(4 * input.length, expectedBytesMax))
  for (let at = javaHeaderBytes; at < input.length; ) {
    const end = at + 4 + input.readUInt32BE(at)
    if (end > input.length) throw new Error('compressed records end too early')
    decodeBlock(input.subarray(at + 4, end), output)
    at = end
  }
  return output.result()
}

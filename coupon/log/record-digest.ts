import { createHash } from 'node:crypto'

const digestBytes = 16

const lengthOf = (bytes: Buffer | null): Buffer => {
  const length = Buffer.alloc(4)
  length.writeInt32BE(bytes === null ? -1 : bytes.length)
  return length
}

/**
 * Digest of a record, to know it again. It is the first 16 bytes of a SHA-256: over key and value, each after
 * its length (-1 for null), and the timestamp.
 */
export const digestRecord = (record: {
  key: Buffer | null
  value: Buffer | null
  timestampMs: number
}): Buffer => {
  const hash = createHash('sha256')
  for (const part of [record.key, record.value]) {
    hash.update(lengthOf(part))
    if (part !== null) hash.update(part)
  }
  const timestamp = Buffer.alloc(8)
  timestamp.writeDoubleBE(record.timestampMs)
  return hash.update(timestamp).digest().subarray(0, digestBytes)
}

/** The size in bytes of `value` as an unsigned variable-length integer, seven bits a byte. */
const sizeOfVarint = (value: number): number => {
  let size = 1
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) size += 1
  return size
}

const writeVarint = (buffer: Buffer, value: number, offset: number): number => {
  let rest = value >>> 0
  let at = offset
  while (rest > 127) {
    buffer[at++] = (rest & 127) | 128
    rest >>>= 7
  }
  buffer[at++] = rest
  return at
}

/** Kafka's encoding of signed integers: 0, -1, 1, -2 become 0, 1, 2, 3. */
const zigZag = (value: number): number => ((value << 1) ^ (value >> 31)) >>> 0

/**
 * Encodes one record of a Kafka record batch (message format v2) with a text value, no key, no headers and
 * the timestamp of its batch. Fields: length, attributes 0, timestamp delta 0, offset delta, key -1, value, 0
 * headers.
 * https://kafka.apache.org/documentation/#record
 */
export const encodePlainRecord = (value: string, offsetDelta: number): Buffer => {
  const bytes = Buffer.byteLength(value)
  const offset = zigZag(offsetDelta)
  const length = zigZag(bytes)
  // Attributes, timestamp delta, key and header count take one byte each.
  const body = 4 + sizeOfVarint(offset) + sizeOfVarint(length) + bytes
  const bodyLength = zigZag(body)
  const buffer = Buffer.allocUnsafe(sizeOfVarint(bodyLength) + body)
  let at = writeVarint(buffer, bodyLength, 0)
  buffer[at++] = 0
  buffer[at++] = 0
  at = writeVarint(buffer, offset, at)
  buffer[at++] = zigZag(-1)
  at = writeVarint(buffer, length, at)
  at += buffer.write(value, at)
  buffer[at] = 0
  return buffer
}

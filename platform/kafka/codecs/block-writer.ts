/** Where a decoder writes what it has decoded. It grows; a copy may overlap what it writes. */
export type BlockWriter = {
  literal(input: Buffer, from: number, length: number): void
  /** Repeats what was written `distance` bytes before. Throws when that lies before the start. */
  copy(distance: number, length: number): void
  written(): number
  /** Everything that was written. */
  result(): Buffer
}

export const createBlockWriter = (expectedBytes: number): BlockWriter => {
  let output = Buffer.allocUnsafe(Math.max(64, expectedBytes))
  let at = 0
  const reserve = (length: number): void => {
    if (at + length <= output.length) return
    const larger = Buffer.allocUnsafe(Math.max(2 * output.length, at + length))
    output.copy(larger, 0, 0, at)
    output = larger
  }
  return {
    literal(input, from, length) {
      if (from + length > input.length) throw new Error('compressed records end too early')
      reserve(length)
      input.copy(output, at, from, from + length)
      at += length
    },
    copy(distance, length) {
      if (distance < 1 || distance > at)
        throw new Error('compressed records refer to bytes before their start')
      reserve(length)
      if (distance >= length) output.copyWithin(at, at - distance, at - distance + length)
      else
        for (let index = 0; index < length; index += 1)
          output[at + index] = output[at + index - distance] ?? 0
      at += length
    },
    written: () => at,
    result: () => output.subarray(0, at),
  }
}

import { promisify } from 'node:util'
import { zstdDecompress } from 'node:zlib'
import { decompressLz4 } from './lz4.ts'
import { decompressSnappy } from './snappy.ts'

/** A codec as kafkajs takes it. */
type Codec = { compress(): never; decompress(input: Buffer): Promise<Buffer> }

const reading = (decompress: (input: Buffer) => Buffer | Promise<Buffer>): Codec => ({
  compress() {
    throw new Error('records are read in this codec, and never written')
  },
  decompress: async (input) => decompress(input),
})

/** The values of `compression.type` that this build can read: every one of Kafka 4. */
export const readableCompressionTypes = ['producer', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd']

/** The codecs that kafkajs does not have itself, by Kafka's number. */
export const kafkajsCodecs: Readonly<Record<number, () => Codec>> = {
  2: () => reading(decompressSnappy),
  3: () => reading(decompressLz4),
  4: () => reading(promisify(zstdDecompress)),
}

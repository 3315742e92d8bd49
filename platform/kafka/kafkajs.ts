import { createRequire } from 'node:module'
import type * as Kafkajs from 'kafkajs'
import { parseHostPort } from '../connections/host-port.ts'
import { kafkajsCodecs } from './codecs/codecs.ts'
import { encodePlainRecord } from './plain-record.ts'

/**
 * kafkajs with some of its internal functions replaced. Three are for a measured cost, two because not every
 * offset of a log has a record, and one is for IPv6. kafkajs has had no release since 2023 and its version is
 * pinned. Loading throws when the installed version is not the one that the overrides were verified with.
 */

type Message = {
  value: unknown
  key?: unknown
  headers?: Record<string, unknown>
  offsetDelta: number
  timestampDelta: number
}
type EncodedRecord = { buf: Buffer; buffer: Buffer }
type RequestQueue = {
  throttledUntil: number
  pending: readonly unknown[]
  scheduleCheckPendingRequests(): void
}
type Grouping = {
  topic: string
  partitionMetadata: readonly unknown[]
  messages: readonly Message[]
  partitioner(one: { topic: string; partitionMetadata: readonly unknown[]; message: Message }): number
}
type DecodedRecords = {
  firstOffset: string
  lastOffsetDelta: number
  records: Record<string, unknown>[]
}
type DecodeRecords = (decoder: unknown) => Promise<DecodedRecords>
type BuildPools = (options: { brokers(): string[] | Promise<string[]> }) => {
  build(destination?: { host: string; port: number }): Promise<unknown>
}
type RequestVersions = {
  versions: readonly string[]
  protocol(one: { version: number }): (parameters: object) => unknown
}

const verifiedVersion = '2.2.4'
const require = createRequire(import.meta.url)

/** Replaces the exports of a CommonJS module for every module that loads it later. */
const replaceExports = <Original>(id: string, replace: (original: Original) => unknown): void => {
  const original = require(id) as Original
  const loaded = require.cache[require.resolve(id)]
  if (loaded === undefined) throw new Error(`${id} was not loaded`)
  loaded.exports = replace(original)
}

/**
 * The original runs a timer of 1 ms per broker connection without end. That is 28,000 calls in 10 idle
 * seconds, and a warning on Node 24 and newer (kafkajs issues 1704 and 1751). Here it runs only while a
 * request waits or the broker throttles us.
 */
const stopIdleTimer = (queue: { prototype: RequestQueue }): unknown => {
  const { scheduleCheckPendingRequests } = queue.prototype
  queue.prototype.scheduleCheckPendingRequests = function schedule(this: RequestQueue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) scheduleCheckPendingRequests.call(this)
  }
  return queue
}

/** The original copies the list of a partition for every message in it, which is quadratic. */
const groupWithoutCopies =
  (): unknown =>
  ({ topic, partitionMetadata, messages, partitioner }: Grouping) =>
    partitionMetadata.length === 0
      ? {}
      : Object.groupBy(messages, (message) => String(partitioner({ topic, partitionMetadata, message })))

/**
 * The original zeroes 512 bytes and uses BigInt for every record. A record without key and headers is encoded
 * directly.
 */
const encodeDirectly =
  (original: (message: Message) => EncodedRecord): unknown =>
  (message: Message): EncodedRecord => {
    const { value, key, headers, offsetDelta, timestampDelta } = message
    if (typeof value !== 'string' || key != null || headers !== undefined || timestampDelta !== 0)
      return original(message)
    const buffer = encodePlainRecord(value, offsetDelta)
    return { buf: buffer, buffer }
  }

/**
 * Compaction leaves batches whose last records, or all, are gone. The original shows their records only, so a
 * batch without any stops its consumer for ever. Here such a batch ends with a control record, at its own
 * last offset.
 */
const endWithBatch =
  (decode: DecodeRecords): unknown =>
  async (decoder: unknown): Promise<DecodedRecords> => {
    const batch = await decode(decoder)
    const lastOffset = String(Number(batch.firstOffset) + batch.lastOffsetDelta)
    if (batch.records.at(-1)?.['offset'] === lastOffset) return batch
    const end = { offset: lastOffset, key: null, value: null, headers: {}, isControlRecord: true }
    batch.records.push({ ...end, batchContext: batch })
    return batch
  }

/**
 * The original asks for the last stable offset, which an open transaction of any client holds back. Here the
 * end of a partition is the end of what can be read.
 */
const askForEveryOffset = ({ versions, protocol }: RequestVersions): RequestVersions => ({
  versions,
  protocol: (one) => {
    const request = protocol(one)
    return (parameters) => request({ ...parameters, isolationLevel: 0 })
  },
})

/** The original splits an address at its first colon, which an IPv6 address is full of. */
const splitAtLastColon =
  (original: BuildPools): BuildPools =>
  (options) => {
    const { build } = original(options)
    return {
      async build(destination) {
        if (destination?.host !== undefined) return build(destination)
        const [address = ''] = await options.brokers()
        return build(parseHostPort(address))
      },
    }
  }

const load = (): typeof Kafkajs => {
  const { version } = require('kafkajs/package.json') as { version: string }
  if (version !== verifiedVersion)
    throw new Error(`kafkajs is ${version}; its overrides were verified with ${verifiedVersion}`)
  // Before kafkajs itself: its modules take these functions when they are loaded.
  replaceExports('kafkajs/src/network/requestQueue', stopIdleTimer)
  replaceExports('kafkajs/src/producer/groupMessagesPerPartition', groupWithoutCopies)
  replaceExports('kafkajs/src/protocol/recordBatch/record/v0', encodeDirectly)
  // safeguard: a compacted batch ends at its own last offset
  replaceExports('kafkajs/src/protocol/recordBatch/v0/decoder', endWithBatch)
  // safeguard: the end of the log is not held back by transactions
  replaceExports('kafkajs/src/protocol/requests/listOffsets', askForEveryOffset)
  // The last: it loads what the others replace.
  replaceExports('kafkajs/src/cluster/connectionPoolBuilder', splitAtLastColon)
  const kafkajs = require('kafkajs') as typeof Kafkajs
  // kafkajs itself reads gzip only, and fails a consumer that meets another codec.
  // safeguard: every codec of Kafka is read
  Object.assign(kafkajs.CompressionCodecs, kafkajsCodecs)
  return kafkajs
}

export const { AssignerProtocol, Kafka, logLevel, PartitionAssigners } = load()

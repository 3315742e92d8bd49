import type { KnownRecord } from '../coupon/ledger/log-slice.ts'
import { digestRecord } from '../coupon/log/record-digest.ts'
import { grantsTopic } from '../coupon/log/topics.ts'
import { Failure } from '../platform/failure.ts'
import type { PartitionOffsets } from '../platform/kafka/topic-admin.ts'
import type { TopicReader } from '../platform/kafka/topic-reader.ts'

// Whether a log is the one that the ledger recorded. `kept` is what Kafka has of its partitions.

const remedy = 'Restore the topic, or the database that belongs to it'

/** Throws `refused` when Kafka does not have this position of the ledger. */
export const refuseOutside = (partition: number, at: number, kept: readonly PartitionOffsets[]): void => {
  const offsets = kept.find((one) => one.partition === partition)
  // safeguard: a position before the start of the log is refused
  // safeguard: a position beyond the end of the log is refused
  if (offsets === undefined || at < offsets.first || at > offsets.end)
    throw new Failure(
      'refused',
      `the position of the ledger in partition ${partition} of ${grantsTopic} is ${at}, but Kafka has ` +
        `${offsets === undefined ? 'no such partition' : `${offsets.first} to ${offsets.end}`}: ` +
        `records would be skipped. ${remedy}`,
    )
}

/** Digest of the record at this offset; `undefined` when no record has it. */
const readDigest = async (
  reader: Pick<TopicReader, 'read'>,
  partition: number,
  offset: number,
): Promise<Buffer | undefined> => {
  for await (const records of reader.read(grantsTopic, partition, offset, offset + 1))
    for (const record of records) if (record.offset === offset) return digestRecord(record)
  return undefined
}

/**
 * Rejects with `refused` when the last record before a position is another one than the ledger recorded. A
 * topic that was created again can have grown past the position: only its records show it.
 */
export const refuseOtherLog = async (
  reader: Pick<TopicReader, 'read'>,
  partition: number,
  last: KnownRecord,
  kept: readonly PartitionOffsets[],
): Promise<void> => {
  const first = kept.find((one) => one.partition === partition)?.first ?? 0
  // Removed by retention: the start of the log says so.
  if (last.offset < first) return
  const found = await readDigest(reader, partition, last.offset)
  // safeguard: the record before the position is compared
  if (found?.equals(last.digest) !== true)
    throw new Failure(
      'refused',
      `partition ${partition} of ${grantsTopic} is not the log that the ledger recorded: ` +
        `${found === undefined ? 'it has no record' : 'another record is'} at offset ${last.offset}, the last ` +
        `one before the position. Records would be skipped. ${remedy}`,
    )
}

import type { RecordToAppend } from './producer.ts'

/** Half of Kafka's limit of 1 MB a batch. */
const batchBytesMax = 500_000
/** An upper bound for the headers of one record. */
const headerBytesMax = 4_000

/**
 * Splits records into batches that fit one produce request, in order. A record larger than a batch goes
 * alone: its topic must accept that size.
 */
export const splitIntoBatches = (records: readonly RecordToAppend[]): RecordToAppend[][] => {
  const batches: RecordToAppend[][] = []
  let bytes = 0
  for (const record of records) {
    const size = (record.value?.length ?? 0) + (record.key?.length ?? 0) + headerBytesMax
    const last = bytes + size > batchBytesMax ? undefined : batches.at(-1)
    bytes = last === undefined ? size : bytes + size
    if (last === undefined) batches.push([record])
    else last.push(record)
  }
  return batches
}

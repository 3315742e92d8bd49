import type { RecordToAppend } from './producer.ts'

/** Half of Kafka's 1 MB a batch. */
const bytesInOneProduceMax = 500_000
/** What the headers of one record take at the most. */
const headerBytesMax = 4_000

/** Cuts records into runs that fit a produce, in their order. One that is larger than that goes alone: its topic has to take it. */
export const splitIntoBatches = (records: readonly RecordToAppend[]): RecordToAppend[][] => {
  const produces: RecordToAppend[][] = []
  let bytes = 0
  for (const record of records) {
    const own = (record.value?.length ?? 0) + (record.key?.length ?? 0) + headerBytesMax
    const last = bytes + own > bytesInOneProduceMax ? undefined : produces.at(-1)
    bytes = last === undefined ? own : bytes + own
    if (last === undefined) produces.push([record])
    else last.push(record)
  }
  return produces
}

import type { PartitionOffsets, TopicAdmin } from '../../platform/kafka/topic-admin.ts'
import type { TopicReader } from '../../platform/kafka/topic-reader.ts'
import type { Grant } from '../grant.ts'
import { decodeRecord } from './log-record.ts'

/** Reads the log for the audit. */
export type GrantLogReader = {
  /** First and end offset of each partition, as of now. */
  ends(): Promise<PartitionOffsets[]>
  /** The first offset appended at `atMs` or later, by partition; without one, the end of the partition. */
  offsetsAt(atMs: number): Promise<ReadonlyMap<number, number>>
  /**
   * The grants of a campaign in a slice of one partition (`end` is exclusive), in order, one array per fetch.
   */
  grants(
    campaignId: string,
    slice: { partition: number; from: number; end: number },
  ): AsyncGenerator<{ offset: number; grant: Grant }[]>
}

export const createGrantLogReader = (options: {
  topics: TopicAdmin
  reader: TopicReader
  topic: string
}): GrantLogReader => ({
  ends: () => options.topics.offsets(options.topic),
  offsetsAt: (atMs) => options.topics.offsetsAt(options.topic, atMs),
  async *grants(campaignId, { partition, from, end }) {
    for await (const values of options.reader.read(options.topic, partition, from, end)) {
      const grants = []
      for (const { offset, value } of values) {
        // Most records are of other campaigns, and parsing is the expensive part.
        if (value === null || !value.includes(campaignId)) continue
        const record = decodeRecord(value)
        // A record that cannot be read is a dead letter and belongs to no campaign.
        if (record.kind === 'grant' && record.grant.campaignId === campaignId)
          grants.push({ offset, grant: record.grant })
      }
      yield grants
    }
  },
})

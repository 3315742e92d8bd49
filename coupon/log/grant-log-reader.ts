import type { TopicReader } from '../../platform/kafka/topic-reader.ts'
import type { PartitionOffsets, TopicAdmin } from '../../platform/kafka/topic-admin.ts'
import type { Grant } from '../grant.ts'
import { decodeRecord } from './log-record.ts'

/** The log, as one of the books of a campaign. */
export type GrantLogReader = {
  /** Where each partition begins and ends now. */
  ends(): Promise<PartitionOffsets[]>
  /** The grants of a campaign in a stretch of one partition, in order, a fetch at a time. */
  grants(
    campaignId: string,
    stretch: { partition: number; from: number; end: number },
  ): AsyncGenerator<{ offset: number; grant: Grant }[]>
}

export const createGrantLogReader = (options: {
  topics: TopicAdmin
  reader: TopicReader
  topic: string
}): GrantLogReader => ({
  ends: () => options.topics.offsets(options.topic),
  async *grants(campaignId, { partition, from, end }) {
    for await (const values of options.reader.read(options.topic, partition, from, end)) {
      const grants = []
      for (const { offset, value } of values) {
        // Most of a log is of other campaigns, and parsing is what costs.
        if (value === null || !value.includes(campaignId)) continue
        const record = decodeRecord(value)
        // What can not be read is in the dead letters, and of no campaign.
        if (record.kind === 'grant' && record.grant.campaignId === campaignId)
          grants.push({ offset, grant: record.grant })
      }
      yield grants
    }
  },
})

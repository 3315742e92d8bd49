import type { TopicShape } from '../../platform/kafka/topic-admin.ts'

/** The log: grants and markers. */
export const grantsTopic = 'coupon.grants.v1'

/** Dead letters: records of the log that cannot be stored. */
export const deadLettersTopic = 'coupon.grants.dlq.v1'

/**
 * Consumer group of the recorders. Its offsets serve lag tools only; the true positions are in the ledger.
 */
export const recorderGroup = 'firstcome-recorder'

const dayMs = 86_400_000

/** Settings of the topics that an operator chooses. */
export type TopicOptions = { grantsPartitions: number; replicationFactor: number; minInsyncReplicas: number }

/** The required shape of the topics of grants and of dead letters. */
export const grantTopicShapes = (options: TopicOptions): TopicShape[] => {
  const { replicationFactor } = options
  const durable = {
    'min.insync.replicas': String(options.minInsyncReplicas),
    'unclean.leader.election.enable': 'false',
    'cleanup.policy': 'delete',
    'compression.type': 'producer',
    'retention.bytes': '-1',
  }
  return [
    {
      topic: grantsTopic,
      partitions: options.grantsPartitions,
      replicationFactor,
      settings: {
        ...durable,
        'retention.ms': String(7 * dayMs),
        'message.timestamp.type': 'LogAppendTime',
      },
    },
    {
      topic: deadLettersTopic,
      partitions: 3,
      replicationFactor,
      // A dead letter is its record plus headers: it must fit for a record of Kafka's maximum size (1 MB).
      settings: { ...durable, 'retention.ms': String(30 * dayMs), 'max.message.bytes': '2097152' },
    },
  ]
}

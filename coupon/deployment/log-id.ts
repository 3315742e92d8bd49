import { z } from 'zod'
import { Failure } from '../../platform/failure.ts'
import type { Producer } from '../../platform/kafka/producer.ts'
import type { TopicAdmin, TopicShape } from '../../platform/kafka/topic-admin.ts'
import type { TopicReader } from '../../platform/kafka/topic-reader.ts'
import { idPattern } from '../grant.ts'

/** Says which deployment a Kafka cluster belongs to. It holds one record, which compaction keeps. */
const deploymentTopic = 'coupon.deployment.v1'

const recordKey = Buffer.from('deployment')
const recordShape = z.object({ deploymentId: z.string().regex(idPattern) })

/** The required shape of the topic of the identity. */
export const deploymentTopicShape = (options: {
  replicationFactor: number
  minInsyncReplicas: number
}): TopicShape => ({
  topic: deploymentTopic,
  partitions: 1,
  replicationFactor: options.replicationFactor,
  settings: {
    'cleanup.policy': 'compact',
    'min.insync.replicas': String(options.minInsyncReplicas),
    'unclean.leader.election.enable': 'false',
  },
})

const parse = (value: Buffer): string => {
  const parsed = recordShape.safeParse(JSON.parse(value.toString('utf8')))
  if (parsed.success) return parsed.data.deploymentId
  throw new Failure(
    'refused',
    `${deploymentTopic} holds a record that is no identity: ${value.toString('utf8')}`,
  )
}

/**
 * The id of the deployment that this Kafka belongs to. It is that of the first record: a stranger that writes
 * another one does not take over. `undefined` when it has none. Rejects `unavailable` when Kafka does not
 * answer.
 */
export const readLogId = async (topics: TopicAdmin, reader: TopicReader): Promise<string | undefined> => {
  if (!(await topics.exists(deploymentTopic))) return undefined
  const [offsets] = await topics.offsets(deploymentTopic)
  if (offsets === undefined) return undefined
  for await (const records of reader.read(deploymentTopic, 0, offsets.first, offsets.end))
    for (const { key, value } of records)
      if (value !== null && key?.equals(recordKey) === true) return parse(value)
  return undefined
}

/** Writes the id into the log. Rejects `unavailable`: it may have been written. */
export const writeLogId = async (producer: Producer, deploymentId: string): Promise<void> => {
  await producer.append(deploymentTopic, 0, [{ key: recordKey, value: JSON.stringify({ deploymentId }) }])
}

import { randomUUIDv7 } from 'node:crypto'
import { createIdentity } from '../../../migrations/migrate.ts'
import type { KafkaCluster } from '../../../platform/kafka/client.ts'
import { createProducer } from '../../../platform/kafka/producer.ts'
import { createTopicAdmin } from '../../../platform/kafka/topic-admin.ts'
import { createTopicReader } from '../../../platform/kafka/topic-reader.ts'
import { createOwnDatabase } from './own-database.ts'

/** Gives a Kafka with the topics of a deployment the identity of the shared database. */
export const joinDeployment = async (kafka: KafkaCluster): Promise<void> => {
  const [topics, reader, producer] = [
    createTopicAdmin(kafka),
    createTopicReader(kafka),
    createProducer(kafka),
  ]
  const { database, close } = await createOwnDatabase()
  await createIdentity({ database, topics, reader, producer, newId: randomUUIDv7, now: Date.now })
  await Promise.all([topics.close(), reader.close(), producer.close(), close()])
}

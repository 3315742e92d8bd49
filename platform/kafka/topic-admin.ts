import { backoff } from '../backoff.ts'
import { Failure, messageOf } from '../failure.ts'
import type { KafkaCluster } from './client.ts'

/** A topic as it has to be. Settings are Kafka's own names. */
export type TopicShape = {
  topic: string
  partitions: number
  replicationFactor: number
  settings: Record<string, string>
}

/** First offset kept and the offset after the last, of one partition. */
export type PartitionOffsets = { partition: number; first: number; end: number }

export type TopicAdmin = {
  /** Creates what is missing; what is there stays as it is. Returns the names that were created. */
  create(shapes: readonly TopicShape[]): Promise<string[]>
  /** Offsets by partition, lowest partition first. */
  offsets(topic: string): Promise<PartitionOffsets[]>
  /** How many partitions a topic has; asked once. They change only while nothing is live. */
  partitions(topic: string): Promise<number>
  close(): Promise<void>
}

type Admin = ReturnType<KafkaCluster['admin']>
type Client = { admin: Admin; connected: Promise<void> }

const openClient = (kafka: KafkaCluster): Client => {
  const admin = kafka.admin()
  return { admin, connected: admin.connect() }
}

const looksMax = 30

/**
 * Waits until every partition has a leader, some ten seconds at the most. kafkajs waits for leaders too, and gives up when the broker that it
 * asks has not heard of the topic yet (seen on a busy machine: UNKNOWN_TOPIC_OR_PARTITION right after the creation).
 */
const untilLed = async (admin: Admin, names: string[]): Promise<void> => {
  for (let look = 1; ; look += 1) {
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: names })
      if (topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) return
      if (look >= looksMax) throw new Error(`${names.join(', ')} have no leaders`)
    } catch (cause) {
      if (look >= looksMax) throw cause
    }
    await backoff(look, 20, 400)
  }
}

/**
 * The admin client, connected when first needed. One that failed is left, and the next call asks with a new one: kafkajs' asks the leader
 * of five minutes ago, whoever leads by now.
 */
export const createTopicAdmin = (kafka: KafkaCluster): TopicAdmin => {
  let current: Client | undefined
  const asking = async <Result>(ask: (admin: Admin) => Promise<Result>): Promise<Result> => {
    const client = (current ??= openClient(kafka))
    try {
      await client.connected
      return await ask(client.admin)
    } catch (cause) {
      if (current === client) {
        current = undefined
        void client.admin.disconnect().catch(() => undefined)
      }
      throw new Failure('unavailable', `Kafka: ${messageOf(cause)}`, { cause })
    }
  }

  const counts = new Map<string, number>()
  const offsets: TopicAdmin['offsets'] = (topic) =>
    asking(async (admin) => {
      const ofTopic = await admin.fetchTopicOffsets(topic)
      return ofTopic
        .map(({ partition, low, high }) => ({ partition, first: Number(low), end: Number(high) }))
        .sort((left, right) => left.partition - right.partition)
    })

  return {
    create: (shapes) =>
      asking(async (admin) => {
        const present = new Set(await admin.listTopics())
        const missing = shapes.filter(({ topic }) => !present.has(topic))
        const names = missing.map(({ topic }) => topic)
        if (missing.length > 0) {
          await admin.createTopics({
            waitForLeaders: false,
            timeout: 10_000,
            topics: missing.map(({ topic, partitions, replicationFactor, settings }) => ({
              topic,
              numPartitions: partitions,
              replicationFactor,
              configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
            })),
          })
          await untilLed(admin, names)
        }
        return names
      }),
    offsets,
    async partitions(topic) {
      const known = counts.get(topic) ?? (await offsets(topic)).length
      counts.set(topic, known)
      return known
    },
    close: async () => current?.admin.disconnect(),
  }
}

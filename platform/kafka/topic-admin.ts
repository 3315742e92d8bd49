import { backoff } from '../backoff.ts'
import { Failure, messageOf } from '../failure.ts'
import type { KafkaCluster } from './client.ts'

/** The required configuration of a topic. `settings` has Kafka's own names. */
export type TopicShape = {
  topic: string
  partitions: number
  replicationFactor: number
  settings: Record<string, string>
}

/** The first offset that a partition still has, and the offset after its last record. */
export type PartitionOffsets = { partition: number; first: number; end: number }

/** Creates topics and reads their partitions and offsets. Calls reject with `unavailable`. */
export type TopicAdmin = {
  /**
   * Creates the topics that do not exist; the others stay as they are. Returns the names of the created ones.
   */
  create(shapes: readonly TopicShape[]): Promise<string[]>
  exists(topic: string): Promise<boolean>
  /** The offsets of all partitions that the brokers name now, lowest partition first. */
  offsets(topic: string): Promise<PartitionOffsets[]>
  /**
   * The first offset with a timestamp of `atMs` or later, by partition; without one, its end.
   */
  offsetsAt(topic: string, atMs: number): Promise<Map<number, number>>
  /** The number of partitions, as the brokers name it now. */
  partitions(topic: string): Promise<number>
  close(): Promise<void>
}

type Admin = ReturnType<KafkaCluster['admin']>
type AdminClient = { admin: Admin; connected: Promise<void> }

const openClient = (kafka: KafkaCluster): AdminClient => {
  const admin = kafka.admin()
  return { admin, connected: admin.connect() }
}

const leaderChecksMax = 30

/**
 * Waits until every partition has a leader, for at most about ten seconds. The wait of kafkajs itself fails
 * when the broker that it asks does not know the topic yet. On a busy machine that is
 * UNKNOWN_TOPIC_OR_PARTITION right after the creation.
 */
const waitForLeaders = async (admin: Admin, names: string[]): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: names })
      if (topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) return
      if (attempt >= leaderChecksMax) throw new Error(`${names.join(', ')} have no leaders`)
    } catch (cause) {
      if (attempt >= leaderChecksMax) throw cause
    }
    await backoff(attempt, 20, 400)
  }
}

/**
 * An admin client that connects when first needed. After an error the client is discarded; the next call
 * opens a new one. kafkajs would keep asking the leader that it knew up to five minutes ago.
 */
export const createTopicAdmin = (kafka: KafkaCluster): TopicAdmin => {
  let current: AdminClient | undefined
  const discard = (client: AdminClient): void => {
    if (current !== client) return
    current = undefined
    void client.admin.disconnect().catch(() => undefined)
  }
  const withAdmin = async <Result>(call: (admin: Admin) => Promise<Result>): Promise<Result> => {
    const client = (current ??= openClient(kafka))
    try {
      await client.connected
      return await call(client.admin)
    } catch (cause) {
      discard(client)
      throw new Failure('unavailable', `Kafka: ${messageOf(cause)}`, { cause })
    }
  }

  /** kafkajs caches the partitions of a topic for five minutes, but not this answer. */
  const countPartitions = async (admin: Admin, topic: string): Promise<number> => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    return topics.find(({ name }) => name === topic)?.partitions.length ?? 0
  }

  /** `undefined`: this client does not know all partitions. It is discarded. */
  const readOffsets = (topic: string): Promise<PartitionOffsets[] | undefined> =>
    withAdmin(async (admin) => {
      const count = await countPartitions(admin, topic)
      const found = await admin.fetchTopicOffsets(topic)
      if (found.length !== count) {
        if (current?.admin === admin) discard(current)
        return undefined
      }
      return found
        .map(({ partition, low, high }) => ({ partition, first: Number(low), end: Number(high) }))
        .sort((left, right) => left.partition - right.partition)
    })

  return {
    create: (shapes) =>
      withAdmin(async (admin) => {
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
          await waitForLeaders(admin, names)
        }
        return names
      }),
    exists: (topic) => withAdmin(async (admin) => (await admin.listTopics()).includes(topic)),
    async offsets(topic) {
      const offsets = (await readOffsets(topic)) ?? (await readOffsets(topic))
      if (offsets === undefined) throw new Failure('unavailable', `Kafka: the partitions of ${topic} change`)
      return offsets
    },
    offsetsAt: (topic, atMs) =>
      withAdmin(async (admin) => {
        const found = await admin.fetchTopicOffsetsByTimestamp(topic, atMs)
        return new Map(found.map(({ partition, offset }) => [partition, Number(offset)]))
      }),
    partitions: (topic) => withAdmin((admin) => countPartitions(admin, topic)),
    close: async () => current?.admin.disconnect(),
  }
}

import { hostPortText } from '../connections/host-port.ts'
import { Failure, messageOf } from '../failure.ts'
import { withTimeout } from '../with-timeout.ts'
import type { KafkaCluster } from './client.ts'

/** A topic as the brokers describe it. `refused` is the reason why its settings cannot be read. */
export type TopicDescription = {
  topic: string
  partitions: { partition: number; replicas: number; inSync: number }[]
  settings: { value: ReadonlyMap<string, string> } | { refused: string }
}

/** The brokers with their advertised addresses, and the requested topics that exist. */
export type KafkaDescription = {
  brokers: { address: string; settings: TopicDescription['settings'] }[]
  topics: TopicDescription[]
}

// ConfigResourceTypes of kafkajs, copied: only kafkajs.ts loads kafkajs.
const resourceTypes = { topic: 2, broker: 4 } as const

const disconnectTimeoutMs = 1_000

/**
 * Describes the cluster and the topics on its own connection. Rejects with `unavailable` after `timeoutMs`.
 */
export const describeKafka = async (
  kafka: KafkaCluster,
  asked: { topics: readonly string[]; brokerSettings: readonly string[]; timeoutMs: number },
): Promise<KafkaDescription> => {
  const admin = kafka.admin()

  /** One resource a call: kafkajs fails the whole call when one resource is refused. */
  const settingsOf = async (
    type: 2 | 4,
    name: string,
    names?: readonly string[],
  ): Promise<TopicDescription['settings']> => {
    try {
      const { resources } = await admin.describeConfigs({
        resources: [{ type, name, ...(names === undefined ? {} : { configNames: [...names] }) }],
        includeSynonyms: false,
      })
      const entries = resources.flatMap(({ configEntries }) => configEntries)
      return { value: new Map(entries.map(({ configName, configValue }) => [configName, configValue])) }
    } catch (cause) {
      return { refused: messageOf(cause) }
    }
  }

  const describe = async (): Promise<KafkaDescription> => {
    await admin.connect()
    const { brokers } = await admin.describeCluster()
    const { topics } = await admin.fetchTopicMetadata()
    const present = topics.filter(({ name }) => asked.topics.includes(name))
    return {
      brokers: await Promise.all(
        brokers.map(async ({ nodeId, host, port }) => ({
          address: hostPortText({ host, port }),
          settings: await settingsOf(resourceTypes.broker, String(nodeId), asked.brokerSettings),
        })),
      ),
      topics: await Promise.all(
        present.map(async ({ name, partitions }) => ({
          topic: name,
          partitions: partitions
            .map(({ partitionId, replicas, isr }) => ({
              partition: partitionId,
              replicas: replicas.length,
              inSync: isr.length,
            }))
            .sort((left, right) => left.partition - right.partition),
          settings: await settingsOf(resourceTypes.topic, name),
        })),
      ),
    }
  }

  try {
    return await withTimeout(describe(), asked.timeoutMs, 'no answer')
  } catch (cause) {
    throw new Failure('unavailable', `Kafka: ${messageOf(cause)}`, { cause })
  } finally {
    await withTimeout(admin.disconnect(), disconnectTimeoutMs, 'no end').catch(() => undefined)
  }
}

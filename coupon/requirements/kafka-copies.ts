import type { KafkaDescription, TopicDescription } from '../../platform/kafka/describe-kafka.ts'
import { type Assessment, failed, ok, okWhen, type Requirement, warning, whenFieldRead } from './finding.ts'

/** With this number of copies the loss of one machine loses no record and stops no press. */
const safeCopies = 3
const safeInSync = 2

export type CopiesOptions = {
  /** What the operator set; undefined is not compared. */
  wanted: { replicationFactor?: number | undefined; minInsyncReplicas?: number | undefined }
  /** The command that changes a setting of the topic. */
  alter(setting: string): string
}

/** The copies of the partition that has the fewest. */
const fewestCopies = ({ partitions }: TopicDescription): number =>
  Math.min(...partitions.map(({ replicas }) => replicas))

const assessCopies = (copies: number, wanted: number | undefined): Assessment => {
  if (wanted !== undefined && copies < wanted)
    return { ...failed(String(copies)), expected: `${wanted}, as TOPIC_REPLICATION_FACTOR says` }
  if (copies >= safeCopies) return ok(String(copies))
  return warning(
    copies === 1
      ? '1: the loss of one machine loses grants'
      : `${copies}: while one broker is down only one copy is left`,
  )
}

const assessMinInSync = (copies: number, minInSync: number, { wanted, alter }: CopiesOptions): Assessment => {
  const found = `${minInSync} of ${copies}`
  if (copies >= safeCopies && minInSync < safeInSync) return failed(`${found}: a yes depends on one machine`)
  if (wanted.minInsyncReplicas !== undefined && minInSync < wanted.minInsyncReplicas)
    return {
      ...failed(found),
      expected: `${wanted.minInsyncReplicas}, as TOPIC_MIN_INSYNC_REPLICAS says`,
      fix: alter(`min.insync.replicas=${wanted.minInsyncReplicas}`),
    }
  if (minInSync >= copies && copies > 1)
    return {
      ...warning(`${found}: while one broker is down Kafka rejects every produce`),
      fix: alter(`min.insync.replicas=${copies - 1}`),
    }
  return ok(found)
}

const assessInSync = ({ partitions }: TopicDescription, minInSync: number): Assessment => {
  const behind = partitions.filter(({ replicas, inSync }) => inSync < replicas)
  // Kafka 4 needs no more copies than exist (measured with 4.1.1: one copy, min.insync.replicas 2).
  const rejecting = behind.filter(({ replicas, inSync }) => inSync < Math.min(minInSync, replicas))
  const found = `${partitions.length - behind.length} of ${partitions.length} partitions`
  if (rejecting.length > 0)
    return failed(
      `${found}; partitions ${rejecting.map(({ partition }) => partition).join(', ')} reject every produce`,
    )
  return okWhen(behind.length === 0, found, 'warning')
}

/** Requirements of the copies of a topic's records. */
export const copiesRequirements = (
  topic: string,
  options: CopiesOptions,
): Requirement<KafkaDescription>[] => {
  const whenExists = (
    { topics }: KafkaDescription,
    assess: (described: TopicDescription) => Assessment,
  ): Assessment | undefined => {
    const described = topics.find((one) => one.topic === topic)
    return described && assess(described)
  }
  const whenMinInSyncRead = (
    described: TopicDescription,
    assess: (minInSync: number) => Assessment,
  ): Assessment =>
    whenFieldRead(described.settings, 'min.insync.replicas', (minInSync) => assess(Number(minInSync)))
  return [
    {
      name: `${topic} copies`,
      expected: `${safeCopies} brokers hold every record`,
      fix: [
        `on ${safeCopies} brokers: kafka-reassign-partitions.sh with ${safeCopies} replicas a partition;`,
        `before the topic is created: TOPIC_REPLICATION_FACTOR=${safeCopies}`,
      ].join(' '),
      why: 'A yes depends on the log (promise 2)',
      assess: (reading) =>
        whenExists(reading, (described) =>
          assessCopies(fewestCopies(described), options.wanted.replicationFactor),
        ),
    },
    {
      name: `${topic} min.insync.replicas`,
      expected: `${safeInSync} of ${safeCopies}: fewer than the copies, and more than one of ${safeCopies}`,
      fix: options.alter(`min.insync.replicas=${safeInSync}`),
      why: 'A yes waits until this number of brokers has the record: the loss of one loses none (promise 2)',
      assess: (reading) =>
        whenExists(reading, (described) =>
          whenMinInSyncRead(described, (minInSync) =>
            assessMinInSync(fewestCopies(described), minInSync, options),
          ),
        ),
    },
    {
      name: `${topic} in sync`,
      expected: 'every copy of every partition',
      fix: 'start the brokers that kafka-topics.sh --describe --under-replicated-partitions shows',
      why: 'Below min.insync.replicas Kafka rejects every produce: winners stay at 202 (promise 2)',
      assess: (reading) =>
        whenExists(reading, (described) =>
          whenMinInSyncRead(described, (minInSync) => assessInSync(described, minInSync)),
        ),
    },
  ]
}

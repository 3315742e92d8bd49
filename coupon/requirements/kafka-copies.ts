import type { KafkaDescription, TopicDescription } from '../../platform/kafka/describe-kafka.ts'
import { fail, met, ok, type Requirement, type Verdict, warn, whenGiven } from './finding.ts'

/** Copies of a record with which the loss of a machine loses none and stops nobody. */
const copiesSafe = 3
const inSyncSafe = 2

export type CopiesOptions = {
  /** What the topic was asked to be. */
  wanted: { replicationFactor?: number | undefined; minInsyncReplicas?: number | undefined }
  /** The command that changes a setting of the topic. */
  alter(setting: string): string
}

/** The fewest copies that a partition has. */
const copiesOf = ({ partitions }: TopicDescription): number =>
  Math.min(...partitions.map(({ replicas }) => replicas))

const copiesVerdict = (copies: number, wanted: number | undefined): Verdict => {
  if (wanted !== undefined && copies < wanted)
    return { ...fail(String(copies)), expected: `${wanted}, as TOPIC_REPLICATION_FACTOR says` }
  if (copies >= copiesSafe) return ok(String(copies))
  return warn(
    copies === 1
      ? '1: the loss of a machine loses grants'
      : `${copies}: with one broker away only one copy is left`,
  )
}

const inSyncVerdict = (copies: number, least: number, { wanted, alter }: CopiesOptions): Verdict => {
  const found = `${least} of ${copies}`
  if (copies >= copiesSafe && least < inSyncSafe) return fail(`${found}: a yes rests on one machine`)
  if (wanted.minInsyncReplicas !== undefined && least < wanted.minInsyncReplicas)
    return {
      ...fail(found),
      expected: `${wanted.minInsyncReplicas}, as TOPIC_MIN_INSYNC_REPLICAS says`,
      mend: alter(`min.insync.replicas=${wanted.minInsyncReplicas}`),
    }
  if (least >= copies && copies > 1)
    return {
      ...warn(`${found}: with one broker away every produce is refused`),
      mend: alter(`min.insync.replicas=${copies - 1}`),
    }
  return ok(found)
}

const followingVerdict = ({ partitions }: TopicDescription, least: number): Verdict => {
  const behind = partitions.filter(({ replicas, inSync }) => inSync < replicas)
  // Kafka 4 asks for no more than there are (measured with 4.1.1: one copy, min.insync.replicas 2).
  const refusing = behind.filter(({ replicas, inSync }) => inSync < Math.min(least, replicas))
  const found = `${partitions.length - behind.length} of ${partitions.length} partitions`
  if (refusing.length > 0)
    return fail(`${found}; ${refusing.map(({ partition }) => partition).join(', ')} refuse every produce`)
  return met(behind.length === 0, found, 'warn')
}

/** What has to be so of the copies of a topic's records. */
export const copiesRequirements = (
  topic: string,
  options: CopiesOptions,
): Requirement<KafkaDescription>[] => {
  const whenThere = (
    { topics }: KafkaDescription,
    judge: (one: TopicDescription) => Verdict,
  ): Verdict | undefined => {
    const described = topics.find((one) => one.topic === topic)
    return described && judge(described)
  }
  const whenLeastTold = (described: TopicDescription, judge: (least: number) => Verdict): Verdict =>
    whenGiven(described.settings, 'min.insync.replicas', (least) => judge(Number(least)))
  return [
    {
      name: `${topic} copies`,
      expected: `${copiesSafe} brokers hold every record`,
      mend: `on ${copiesSafe} brokers: kafka-reassign-partitions.sh with ${copiesSafe} replicas a partition; for topics still to be made TOPIC_REPLICATION_FACTOR=${copiesSafe}`,
      why: 'The log is what a yes rests on (promise 2)',
      judge: (reading) =>
        whenThere(reading, (described) =>
          copiesVerdict(copiesOf(described), options.wanted.replicationFactor),
        ),
    },
    {
      name: `${topic} min.insync.replicas`,
      expected: `${inSyncSafe} of ${copiesSafe}: fewer than the copies, and more than one where there are ${copiesSafe}`,
      mend: options.alter(`min.insync.replicas=${inSyncSafe}`),
      why: 'A yes waits until so many brokers have the record: the loss of one loses none (promise 2)',
      judge: (reading) =>
        whenThere(reading, (described) =>
          whenLeastTold(described, (least) => inSyncVerdict(copiesOf(described), least, options)),
        ),
    },
    {
      name: `${topic} in step`,
      expected: 'every copy of every partition',
      mend: 'bring back the brokers that are away; kafka-topics.sh --describe --under-replicated-partitions names them',
      why: 'Below min.insync.replicas every produce is refused: winners stay at 202 (promise 2)',
      judge: (reading) =>
        whenThere(reading, (described) =>
          whenLeastTold(described, (least) => followingVerdict(described, least)),
        ),
    },
  ]
}

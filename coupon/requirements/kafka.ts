import type { KafkaDescription } from '../../platform/kafka/describe-kafka.ts'
import type { TopicShape } from '../../platform/kafka/topic-admin.ts'
import { grantsTopic, grantTopicShapes } from '../log/topics.ts'
import { type Assessment, ok, okWhen, type Requirement, unknown, warning } from './finding.ts'
import { copiesRequirements } from './kafka-copies.ts'
import { alterTopic, settingRequirement } from './topic-settings.ts'

/** What the cluster reports of itself, and which addresses of `given` do not answer. */
export type KafkaReading = KafkaDescription & { given: readonly string[]; silent: readonly string[] }

/** What the operator set for the topics; undefined is not compared. */
export type WantedTopics = {
  grantsPartitions?: number | undefined
  replicationFactor?: number | undefined
  minInsyncReplicas?: number | undefined
}

export type KafkaRequirementOptions = { brokers: readonly string[]; wanted: WantedTopics }

/** Broker settings that the requirements need. */
export const brokerSettings = ['auto.create.topics.enable']

/** Kafka's own default. A produce has at most 12 gate calls of 256 grants of 250 bytes. */
const produceBytesMax = '1048588'

const assessPartitions = (
  topic: string,
  count: number,
  wanted: number | undefined,
  brokers: readonly string[],
): Assessment => {
  if (wanted === undefined || wanted === count) return ok(String(count))
  const change = `--alter --topic ${topic} --partitions ${wanted}`
  const add = `kafka-topics.sh --bootstrap-server ${brokers.join(',')} ${change}`
  return {
    ...warning(String(count)),
    expected: `${wanted}, as GRANTS_PARTITIONS says`,
    fix: `GRANTS_PARTITIONS=${count}${wanted > count ? `; or, while no campaign is live: ${add}` : ''}`,
  }
}

const topicRequirements = (
  shape: TopicShape,
  { brokers, wanted }: KafkaRequirementOptions,
): Requirement<KafkaReading>[] => [
  {
    name: `${shape.topic} exists`,
    expected: 'a topic of this name',
    fix: 'npm run migrate',
    why: 'Without grants there is no yes; without dead letters a bad record stops its partition (promise 2)',
    assess: ({ topics }) => {
      const exists = topics.some(({ topic }) => topic === shape.topic)
      return okWhen(exists, exists ? 'yes' : 'no such topic')
    },
  },
  {
    name: `${shape.topic} partitions`,
    expected: 'any number that does not change while a campaign is live',
    fix: '',
    why: 'A worker records one partition at a time; positions and cuts are stored for each (promise 2)',
    assess: ({ topics }) => {
      const count = topics.find(({ topic }) => topic === shape.topic)?.partitions.length
      const asked = shape.topic === grantsTopic ? wanted.grantsPartitions : undefined
      return count === undefined ? undefined : assessPartitions(shape.topic, count, asked, brokers)
    },
  },
  ...copiesRequirements(shape.topic, {
    wanted,
    alter: (setting) => alterTopic(brokers, shape.topic, setting),
  }),
  ...Object.entries({ 'max.message.bytes': produceBytesMax, ...shape.settings }).flatMap((setting) =>
    settingRequirement(brokers, shape, setting),
  ),
]

const assessAddresses = ({ given, silent, brokers }: KafkaReading): Assessment => {
  const found = `${given.length - silent.length} of ${given.length} answer; the cluster has ${brokers.length}`
  return silent.length === 0 ? ok(found) : warning(`${found}; silent: ${silent.join(', ')}`)
}

const assessAutoCreate = ({ brokers }: KafkaReading): Assessment => {
  for (const { settings } of brokers) if ('refused' in settings) return unknown(settings.refused)
  const on = brokers.filter(
    ({ settings }) => 'value' in settings && settings.value.get('auto.create.topics.enable') === 'true',
  )
  return on.length === 0 ? ok('false') : warning(`true at ${on.map(({ address }) => address).join(', ')}`)
}

/** Requirements of the brokers, and of the topics of these shapes. */
export const kafkaRequirements = (
  options: KafkaRequirementOptions,
  shapes: readonly TopicShape[] = wantedShapes(options.wanted),
): Requirement<KafkaReading>[] => [
  {
    name: 'brokers',
    expected: 'every address of KAFKA_BROKERS answers',
    fix: 'start the silent brokers, or remove them from KAFKA_BROKERS',
    why: 'A process that starts while the other brokers are down finds no cluster',
    assess: assessAddresses,
  },
  {
    name: 'auto.create.topics.enable',
    expected: 'false',
    fix: 'auto.create.topics.enable=false in server.properties of every broker, then restart it',
    why: 'Kafka creates a missing topic with the wrong partitions and retention (promise 2)',
    assess: assessAutoCreate,
  },
  ...shapes.flatMap((shape) => topicRequirements(shape, options)),
]

/** The topics as they must be; three partitions and one copy where the operator set nothing. */
export const wantedShapes = ({
  grantsPartitions = 3,
  replicationFactor = 1,
  minInsyncReplicas = 1,
}: WantedTopics): TopicShape[] => grantTopicShapes({ grantsPartitions, replicationFactor, minInsyncReplicas })

import type { KafkaDescription } from '../../platform/kafka/describe-kafka.ts'
import type { TopicShape } from '../../platform/kafka/topic-admin.ts'
import { grantTopicShapes, grantsTopic } from '../log/topics.ts'
import { type Assessment, ok, okWhen, type Requirement, unknown, warning, whenFieldRead } from './finding.ts'
import { copiesRequirements } from './kafka-copies.ts'

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
const dayMs = 86_400_000

/** How a setting is compared with the one that we create: the same, or at least as much (-1 is no limit). */
type SettingRule = { compare: 'same' | 'least'; why: string; otherwise?: 'warning' }

const settingRules: Readonly<Record<string, SettingRule>> = {
  'cleanup.policy': {
    compare: 'same',
    why: 'Compaction deletes records: grants that the ledger does not have yet (promise 2)',
  },
  'retention.ms': {
    compare: 'least',
    why: 'A record that is deleted before a worker recorded it is lost (promise 2)',
  },
  'retention.bytes': {
    compare: 'least',
    why: 'A size limit deletes grants in the middle of a burst (promise 2)',
  },
  'unclean.leader.election.enable': {
    compare: 'same',
    why: 'A leader that was behind loses acknowledged grants, whose users were told yes (promise 2)',
  },
  'message.timestamp.type': {
    compare: 'same',
    otherwise: 'warning',
    why: "Retention uses the time of a record: it must come from the broker's clock, not from the producer's",
  },
  'compression.type': {
    compare: 'same',
    otherwise: 'warning',
    why: 'Brokers compress every batch anew, which costs them time, in a codec that a later version may not read',
  },
  'max.message.bytes': {
    compare: 'least',
    why: 'A produce that is too large is rejected at every attempt: its winners stay at 202 (promise 2)',
  },
}

const valueText = (name: string, value: string): string => {
  if (value === '-1') return 'no limit'
  if (name === 'retention.ms') return `${Number((Number(value) / dayMs).toFixed(2))} days`
  return name.endsWith('.bytes') ? `${value} bytes` : value
}

const isEnough = ({ compare }: SettingRule, found: string, wanted: string): boolean => {
  if (compare === 'same' || found === wanted) return found === wanted
  return found === '-1' || (wanted !== '-1' && Number(found) >= Number(wanted))
}

/**
 * Whether the setting of a topic that exists can stay, as `npm run migrate` asks it. The number of copies
 * that must be in sync is raised, and never lowered.
 */
export const canKeepSetting = (setting: string, found: string, wanted: string): boolean =>
  setting === 'min.insync.replicas'
    ? Number(found) >= Number(wanted)
    : isEnough(settingRules[setting] ?? { compare: 'same', why: '' }, found, wanted)

const alter = (brokers: readonly string[], topic: string, setting: string): string =>
  [
    `kafka-configs.sh --bootstrap-server ${brokers.join(',')} --alter`,
    `--entity-type topics --entity-name ${topic} --add-config ${setting}`,
  ].join(' ')

const settingRequirement = (
  brokers: readonly string[],
  { topic }: TopicShape,
  [name, wanted]: [string, string],
): Requirement<KafkaReading>[] => {
  const rule = settingRules[name]
  // `copiesRequirements` looks at the others.
  if (rule === undefined) return []
  const orMore = rule.compare === 'least' && wanted !== '-1' ? ' or more' : ''
  return [
    {
      name: `${topic} ${name}`,
      expected: `${valueText(name, wanted)}${orMore}`,
      fix: alter(brokers, topic, `${name}=${wanted}`),
      why: rule.why,
      assess: ({ topics }) => {
        const described = topics.find((one) => one.topic === topic)
        if (described === undefined) return undefined
        return whenFieldRead(described.settings, name, (found) =>
          okWhen(isEnough(rule, found, wanted), valueText(name, found), rule.otherwise),
        )
      },
    },
  ]
}

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
  ...copiesRequirements(shape.topic, { wanted, alter: (setting) => alter(brokers, shape.topic, setting) }),
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

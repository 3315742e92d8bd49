import type { KafkaDescription } from '../../platform/kafka/describe-kafka.ts'
import type { TopicShape } from '../../platform/kafka/topic-admin.ts'
import { grantTopicShapes, grantsTopic } from '../log/topics.ts'
import { met, ok, type Requirement, unknown, type Verdict, warn, whenGiven } from './finding.ts'
import { copiesRequirements } from './kafka-copies.ts'

/** What the cluster tells of itself, and which of the addresses that we were given do not answer. */
export type KafkaReading = KafkaDescription & { given: readonly string[]; silent: readonly string[] }

/** What the topics were asked to be; what is left out is not compared. */
export type WantedTopics = {
  grantsPartitions?: number | undefined
  replicationFactor?: number | undefined
  minInsyncReplicas?: number | undefined
}

export type KafkaRequirementOptions = { brokers: readonly string[]; wanted: WantedTopics }

/** Settings of a broker that the requirements look at. */
export const brokerSettings = ['auto.create.topics.enable']

/** Kafka's own default. A produce is 12 gate calls of 256 grants of 250 bytes at the most. */
const bytesInOneProduce = '1048588'
const dayMs = 86_400_000

/** How a setting is compared with what we create: `least` is that or more, -1 for no limit. */
type Rule = { compare: 'same' | 'least'; why: string; otherwise?: 'warn' }

const rules: Readonly<Record<string, Rule>> = {
  'cleanup.policy': {
    compare: 'same',
    why: 'Compaction drops records: grants that the ledger does not have yet (promise 2)',
  },
  'retention.ms': {
    compare: 'least',
    why: 'What is dropped before a worker recorded it is lost: the log has to outlive the longest outage (promise 2)',
  },
  'retention.bytes': {
    compare: 'least',
    why: 'A limit on size drops grants in the middle of a burst (promise 2)',
  },
  'unclean.leader.election.enable': {
    compare: 'same',
    why: 'A leader that was behind forgets acknowledged grants: people who were told yes (promise 2)',
  },
  'message.timestamp.type': {
    compare: 'same',
    otherwise: 'warn',
    why: 'Retention goes by the time of a record: by the clock of the brokers, not of whoever wrote it',
  },
  'max.message.bytes': {
    compare: 'least',
    why: 'A produce that is too large is refused each time it is tried: its winners stay at 202 (promise 2)',
  },
}

const inWords = (name: string, value: string): string => {
  if (value === '-1') return 'no limit'
  if (name === 'retention.ms') return `${Number((Number(value) / dayMs).toFixed(2))} days`
  return name.endsWith('.bytes') ? `${value} bytes` : value
}

const isMet = ({ compare }: Rule, found: string, wanted: string): boolean => {
  if (compare === 'same' || found === wanted) return found === wanted
  return found === '-1' || (wanted !== '-1' && Number(found) >= Number(wanted))
}

const alter = (brokers: readonly string[], topic: string, setting: string): string =>
  `kafka-configs.sh --bootstrap-server ${brokers.join(',')} --alter --entity-type topics --entity-name ${topic} --add-config ${setting}`

const settingRequirement = (
  brokers: readonly string[],
  { topic }: TopicShape,
  [name, wanted]: [string, string],
): Requirement<KafkaReading>[] => {
  const rule = rules[name]
  // The copies of a record are a matter of several settings together.
  if (rule === undefined) return []
  return [
    {
      name: `${topic} ${name}`,
      expected: `${inWords(name, wanted)}${rule.compare === 'least' && wanted !== '-1' ? ' or more' : ''}`,
      mend: alter(brokers, topic, `${name}=${wanted}`),
      why: rule.why,
      judge: ({ topics }) => {
        const described = topics.find((one) => one.topic === topic)
        if (described === undefined) return undefined
        return whenGiven(described.settings, name, (found) =>
          met(isMet(rule, found, wanted), inWords(name, found), rule.otherwise),
        )
      },
    },
  ]
}

const topicRequirements = (
  shape: TopicShape,
  { brokers, wanted }: KafkaRequirementOptions,
): Requirement<KafkaReading>[] => [
  {
    name: `${shape.topic} exists`,
    expected: 'a topic of this name',
    mend: 'npm run migrate',
    why: 'Without the topic of grants nobody is told yes; without that of dead letters a bad record stops its partition (promise 2)',
    judge: ({ topics }) => {
      const isThere = topics.some(({ topic }) => topic === shape.topic)
      return met(isThere, isThere ? 'yes' : 'there is no such topic')
    },
  },
  {
    name: `${shape.topic} partitions`,
    expected: 'any number, and the same while a campaign is live',
    mend: '',
    why: 'A worker records one partition at a time; positions and cuts are kept for each (promise 2)',
    judge: ({ topics }) => {
      const count = topics.find(({ topic }) => topic === shape.topic)?.partitions.length
      const asked = shape.topic === grantsTopic ? wanted.grantsPartitions : undefined
      if (count === undefined) return undefined
      if (asked === undefined || asked === count) return ok(String(count))
      const more = `only while no campaign is live: kafka-topics.sh --bootstrap-server ${brokers.join(',')} --alter --topic ${shape.topic} --partitions ${asked}`
      return {
        ...warn(String(count)),
        expected: `${asked}, as GRANTS_PARTITIONS says`,
        mend: `set GRANTS_PARTITIONS=${count}${asked > count ? `; or, ${more}` : ''}`,
      }
    },
  },
  ...copiesRequirements(shape.topic, { wanted, alter: (setting) => alter(brokers, shape.topic, setting) }),
  ...Object.entries({ 'max.message.bytes': bytesInOneProduce, ...shape.settings }).flatMap((setting) =>
    settingRequirement(brokers, shape, setting),
  ),
]

const addressesVerdict = ({ given, silent, brokers }: KafkaReading): Verdict => {
  const found = `${given.length - silent.length} of ${given.length} answer; the cluster has ${brokers.length}`
  return silent.length === 0 ? ok(found) : warn(`${found}; silent: ${silent.join(', ')}`)
}

const autoCreateVerdict = ({ brokers }: KafkaReading): Verdict => {
  for (const { settings } of brokers) if ('refused' in settings) return unknown(settings.refused)
  const on = brokers.filter(
    ({ settings }) => 'value' in settings && settings.value.get('auto.create.topics.enable') === 'true',
  )
  return on.length === 0 ? ok('false') : warn(`true at ${on.map(({ address }) => address).join(', ')}`)
}

/** What has to be so of the brokers, and of the topics of these shapes. */
export const kafkaRequirements = (
  options: KafkaRequirementOptions,
  shapes: readonly TopicShape[] = wantedShapes(options.wanted),
): Requirement<KafkaReading>[] => [
  {
    name: 'brokers',
    expected: 'every address of KAFKA_BROKERS answers',
    mend: 'start the brokers that are silent, or take them out of KAFKA_BROKERS',
    why: 'A process that starts while the others are away finds none',
    judge: addressesVerdict,
  },
  {
    name: 'auto.create.topics.enable',
    expected: 'false',
    mend: 'auto.create.topics.enable=false in server.properties of every broker, and a restart',
    why: 'A topic that appears by itself has the wrong partitions and the wrong retention (promise 2)',
    judge: autoCreateVerdict,
  },
  ...shapes.flatMap((shape) => topicRequirements(shape, options)),
]

/** The topics as they have to be; three partitions and one copy where nothing was asked for. */
export const wantedShapes = ({
  grantsPartitions = 3,
  replicationFactor = 1,
  minInsyncReplicas = 1,
}: WantedTopics): TopicShape[] => grantTopicShapes({ grantsPartitions, replicationFactor, minInsyncReplicas })

import { expect, test } from 'vitest'
import { createTopics } from '../../migrations/migrate.ts'
import type { TopicDescription } from '../../platform/kafka/describe-kafka.ts'
import type { TopicAdmin, TopicShape } from '../../platform/kafka/topic-admin.ts'
import { deploymentTopicShape } from '../deployment/log-id.ts'
import { deadLettersTopic, grantsTopic, grantTopicShapes } from '../log/topics.ts'
import { findingsOf } from './finding.ts'
import { type KafkaReading, kafkaRequirements, type WantedTopics } from './kafka.ts'

const brokers = ['a:9092', 'b:9092']
const options = { grantsPartitions: 12, replicationFactor: 3, minInsyncReplicas: 2 }

/** A topic as Kafka describes it when it was created in this shape. */
const described = (
  { topic, partitions, replicationFactor, settings }: TopicShape,
  changes: Record<string, string> = {},
  inSync = replicationFactor,
): TopicDescription => ({
  topic,
  partitions: Array.from({ length: partitions }, (_, partition) => ({
    partition,
    replicas: replicationFactor,
    inSync: partition === 1 ? inSync : replicationFactor,
  })),
  settings: { value: new Map(Object.entries({ 'max.message.bytes': '1048588', ...settings, ...changes })) },
})

type Changes = {
  settings?: Record<string, string>
  shape?: Partial<typeof options>
  inSync?: number
  wanted?: WantedTopics
  reading?: Partial<KafkaReading>
}
const find = ({ settings, shape, inSync, wanted = options, reading }: Changes) => {
  const shapes = grantTopicShapes({ ...options, ...shape })
  const topics = shapes.map((one) =>
    one.topic === grantsTopic ? described(one, settings, inSync) : described(one),
  )
  const settingsOfBroker = { value: new Map([['auto.create.topics.enable', 'false']]) }
  return findingsOf('Kafka', kafkaRequirements({ brokers, wanted }), {
    brokers: [{ address: 'a:9092', settings: settingsOfBroker }],
    topics,
    given: brokers,
    silent: [],
    ...reading,
  })
}
/** Name and level of each finding that is not ok, without the name of the topic of grants. */
const notOk = (changes: Changes): string[] =>
  find(changes).flatMap(({ name, level }) =>
    level === 'ok' ? [] : [`${name.replace(`${grantsTopic} `, '')} ${level}`],
  )

test('topics as the migration creates them on three brokers are ok', () => {
  expect(notOk({})).toEqual([])
})

test('the migration creates the topics in the required shapes', async () => {
  let created: readonly TopicShape[] = []
  const topics: Pick<TopicAdmin, 'create'> = {
    create: async (shapes) => {
      created = shapes
      return []
    },
  }
  await createTopics(topics as TopicAdmin, options)
  expect(created).toEqual([...grantTopicShapes(options), deploymentTopicShape(options)])
})

const ofDeadLetters = (name: string): string => `${deadLettersTopic} ${name}`

test.each<[string, Changes, string[]]>([
  ['compaction', { settings: { 'cleanup.policy': 'compact' } }, ['cleanup.policy failed']],
  ['compaction in addition', { settings: { 'cleanup.policy': 'compact,delete' } }, ['cleanup.policy failed']],
  ['a day of retention', { settings: { 'retention.ms': '86400000' } }, ['retention.ms failed']],
  ['unlimited retention', { settings: { 'retention.ms': '-1' } }, []],
  ['a limit on size', { settings: { 'retention.bytes': '1000000000' } }, ['retention.bytes failed']],
  [
    'a leader that may be behind',
    { settings: { 'unclean.leader.election.enable': 'true' } },
    ['unclean.leader.election.enable failed'],
  ],
  [
    'the clock of the producer',
    { settings: { 'message.timestamp.type': 'CreateTime' } },
    ['message.timestamp.type warning'],
  ],
  ['a codec of the brokers', { settings: { 'compression.type': 'lz4' } }, ['compression.type warning']],
  ['small records', { settings: { 'max.message.bytes': '100000' } }, ['max.message.bytes failed']],
  [
    'one copy in sync is enough',
    { settings: { 'min.insync.replicas': '1' }, wanted: {} },
    ['min.insync.replicas failed'],
  ],
  [
    'fewer in sync than set',
    { shape: { replicationFactor: 2, minInsyncReplicas: 1 }, wanted: { minInsyncReplicas: 2 } },
    [
      'copies warning',
      'min.insync.replicas failed',
      `${ofDeadLetters('copies')} warning`,
      `${ofDeadLetters('min.insync.replicas')} failed`,
    ],
  ],
  [
    'all copies must be in sync',
    { settings: { 'min.insync.replicas': '3' } },
    ['min.insync.replicas warning'],
  ],
  [
    'more in sync than copies exist',
    { settings: { 'min.insync.replicas': '4' } },
    ['min.insync.replicas warning'],
  ],
  ['a copy that is behind', { inSync: 2 }, ['in sync warning']],
  ['too few in sync', { inSync: 1 }, ['in sync failed']],
  ['fewer partitions than set', { shape: { grantsPartitions: 3 } }, ['partitions warning']],
  ['any number of partitions where none was set', { shape: { grantsPartitions: 3 }, wanted: {} }, []],
  [
    'a single broker, as with npm start',
    { shape: { replicationFactor: 1, minInsyncReplicas: 1 }, wanted: {} },
    ['copies warning', `${ofDeadLetters('copies')} warning`],
  ],
  [
    'fewer copies than set',
    { shape: { replicationFactor: 2, minInsyncReplicas: 1 }, wanted: { replicationFactor: 3 } },
    ['copies failed', `${ofDeadLetters('copies')} failed`],
  ],
  ['a silent broker', { reading: { silent: ['b:9092'] } }, ['brokers warning']],
  [
    'topics that Kafka creates by itself',
    {
      reading: {
        brokers: [
          { address: 'a:9092', settings: { value: new Map([['auto.create.topics.enable', 'true']]) } },
        ],
      },
    },
    ['auto.create.topics.enable warning'],
  ],
])('%s', (_, changes, expected) => {
  expect(notOk(changes)).toEqual(expected)
})

test('a missing topic has one finding, with the command that creates it', () => {
  const findings = find({ reading: { topics: [] } }).filter(({ name }) => name.startsWith('coupon.'))
  expect(findings.map(({ name, level, fix }) => [name, level, fix])).toEqual([
    [`${grantsTopic} exists`, 'failed', 'npm run migrate'],
    [`${deadLettersTopic} exists`, 'failed', 'npm run migrate'],
  ])
})

test('settings that brokers refuse to report are unknown, with their message', () => {
  const topics = grantTopicShapes(options).map((shape) => ({
    ...described(shape),
    settings: { refused: 'not authorized' },
  }))
  const findings = find({ reading: { topics } }).filter(({ level }) => level !== 'ok')
  expect(findings.length).toBeGreaterThan(10)
  for (const { level, found } of findings) expect([level, found]).toEqual(['unknown', 'not authorized'])
})

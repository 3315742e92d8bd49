import { expect, test } from 'vitest'
import { createGrantTopics } from '../../migrations/migrate.ts'
import type { TopicDescription } from '../../platform/kafka/describe-kafka.ts'
import type { TopicShape, TopicAdmin } from '../../platform/kafka/topic-admin.ts'
import { grantTopicShapes, deadLettersTopic, grantsTopic } from '../log/topics.ts'
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
    ...{ partition, replicas: replicationFactor, inSync: partition === 1 ? inSync : replicationFactor },
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
    ...{ brokers: [{ address: 'a:9092', settings: settingsOfBroker }], topics, given: brokers, silent: [] },
    ...reading,
  })
}
/** Name and status of whatever is not well, without the name of the topic of grants. */
const unwell = (changes: Changes): string[] =>
  find(changes).flatMap(({ name, status }) =>
    status === 'ok' ? [] : [`${name.replace(`${grantsTopic} `, '')} ${status}`],
  )

test('topics as the migration creates them on three brokers are well', () => {
  expect(unwell({})).toEqual([])
})

test('the migration creates the topics in the shapes that are asked for here', async () => {
  let created: readonly TopicShape[] = []
  const topics: Pick<TopicAdmin, 'create'> = {
    create: async (shapes) => {
      created = shapes
      return []
    },
  }
  await createGrantTopics(topics as TopicAdmin, options)
  expect(created).toEqual(grantTopicShapes(options))
})

const ofDeadLetters = (name: string): string => `${deadLettersTopic} ${name}`

test.each<[string, Changes, string[]]>([
  ['compaction', { settings: { 'cleanup.policy': 'compact' } }, ['cleanup.policy fail']],
  ['compaction beside it', { settings: { 'cleanup.policy': 'compact,delete' } }, ['cleanup.policy fail']],
  ['a day of retention', { settings: { 'retention.ms': '86400000' } }, ['retention.ms fail']],
  ['retention for ever', { settings: { 'retention.ms': '-1' } }, []],
  ['a limit on size', { settings: { 'retention.bytes': '1000000000' } }, ['retention.bytes fail']],
  [
    'a leader that may be behind',
    { settings: { 'unclean.leader.election.enable': 'true' } },
    ['unclean.leader.election.enable fail'],
  ],
  [
    'the clock of whoever writes',
    { settings: { 'message.timestamp.type': 'CreateTime' } },
    ['message.timestamp.type warn'],
  ],
  ['small records', { settings: { 'max.message.bytes': '100000' } }, ['max.message.bytes fail']],
  [
    'one machine is enough',
    { settings: { 'min.insync.replicas': '1' }, wanted: {} },
    ['min.insync.replicas fail'],
  ],
  [
    'fewer in step than asked for',
    { shape: { replicationFactor: 2, minInsyncReplicas: 1 }, wanted: { minInsyncReplicas: 2 } },
    [
      ...['copies warn', 'min.insync.replicas fail'],
      ...[`${ofDeadLetters('copies')} warn`, `${ofDeadLetters('min.insync.replicas')} fail`],
    ],
  ],
  ['all have to be there', { settings: { 'min.insync.replicas': '3' } }, ['min.insync.replicas warn']],
  ['more than there are', { settings: { 'min.insync.replicas': '4' } }, ['min.insync.replicas warn']],
  ['a copy that is behind', { inSync: 2 }, ['in step warn']],
  ['too few in step', { inSync: 1 }, ['in step fail']],
  ['fewer partitions than asked for', { shape: { grantsPartitions: 3 } }, ['partitions warn']],
  ['any number, where none was asked for', { shape: { grantsPartitions: 3 }, wanted: {} }, []],
  [
    'a single broker, as npm start has it',
    { shape: { replicationFactor: 1, minInsyncReplicas: 1 }, wanted: {} },
    ['copies warn', `${ofDeadLetters('copies')} warn`],
  ],
  [
    'fewer copies than asked for',
    { shape: { replicationFactor: 2, minInsyncReplicas: 1 }, wanted: { replicationFactor: 3 } },
    ['copies fail', `${ofDeadLetters('copies')} fail`],
  ],
  ['a silent broker', { reading: { silent: ['b:9092'] } }, ['brokers warn']],
  [
    'topics that appear by themselves',
    {
      reading: {
        brokers: [
          { address: 'a:9092', settings: { value: new Map([['auto.create.topics.enable', 'true']]) } },
        ],
      },
    },
    ['auto.create.topics.enable warn'],
  ],
])('%s', (_, changes, expected) => {
  expect(unwell(changes)).toEqual(expected)
})

test('of topics that are not there, only that is said, with the command that makes them', () => {
  const findings = find({ reading: { topics: [] } }).filter(({ name }) => name.startsWith('coupon.'))
  expect(findings.map(({ name, status, mend }) => [name, status, mend])).toEqual([
    [`${grantsTopic} exists`, 'fail', 'npm run migrate'],
    [`${deadLettersTopic} exists`, 'fail', 'npm run migrate'],
  ])
})

test('settings that brokers do not tell are unknown, in their words', () => {
  const topics = grantTopicShapes(options).map((shape) => ({
    ...described(shape),
    settings: { refused: 'not authorized' },
  }))
  const findings = find({ reading: { topics } }).filter(({ status }) => status !== 'ok')
  expect(findings.length).toBeGreaterThan(10)
  for (const { status, found } of findings) expect([status, found]).toEqual(['unknown', 'not authorized'])
})

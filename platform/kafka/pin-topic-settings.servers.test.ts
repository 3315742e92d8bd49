import { expect, test } from 'vitest'
import { grantsTopic, grantTopicShapes } from '../../coupon/log/topics.ts'
import { canKeepSetting } from '../../coupon/requirements/topic-settings.ts'
import { createOwnTopic } from '../../test/harness/servers/own-topic.ts'
import { describeKafka } from './describe-kafka.ts'
import { pinTopicSettings } from './pin-topic-settings.ts'

const shapes = grantTopicShapes({ grantsPartitions: 1, replicationFactor: 1, minInsyncReplicas: 1 })
const settings = shapes.find(({ topic }) => topic === grantsTopic)?.settings ?? {}

test('settings that the log needs are raised and pinned; what is enough, and all others, stay', async () => {
  const present = {
    'compression.type': 'lz4',
    'cleanup.policy': 'compact',
    'retention.bytes': '1000000',
    'retention.ms': '-1',
    'segment.ms': '123456789',
  }
  const topic = await createOwnTopic({ partitions: 1, settings: present })
  const pin = () => pinTopicSettings(topic.kafka, [{ topic: topic.name, settings }], canKeepSetting)
  const pinned = await pin()
  expect(pinned).toEqual(
    expect.arrayContaining([
      { topic: topic.name, setting: 'compression.type', from: 'lz4', to: 'producer' },
      { topic: topic.name, setting: 'cleanup.policy', from: 'compact', to: 'delete' },
      { topic: topic.name, setting: 'retention.bytes', from: '1000000', to: '-1' },
      { topic: topic.name, setting: 'message.timestamp.type', from: 'CreateTime', to: 'LogAppendTime' },
      { topic: topic.name, setting: 'unclean.leader.election.enable', from: 'false', to: 'false' },
    ]),
  )
  expect(pinned.map(({ setting }) => setting)).not.toContain('retention.ms')
  const asked = { topics: [topic.name], brokerSettings: [], timeoutMs: 10_000 }
  const [described] = (await describeKafka(topic.kafka, asked)).topics
  if (described === undefined || 'refused' in described.settings)
    throw new Error('the topic is not described')
  expect(Object.fromEntries(described.settings.value)).toMatchObject({
    ...settings,
    'retention.ms': '-1',
    'segment.ms': '123456789',
  })
  expect(await pin()).toEqual([])
  await topic.close()
})

test('a topic that does not exist is not created', async () => {
  const topic = await createOwnTopic({ partitions: 1 })
  expect(
    await pinTopicSettings(topic.kafka, [{ topic: `${topic.name}.no`, settings }], canKeepSetting),
  ).toEqual([])
  await topic.close()
})

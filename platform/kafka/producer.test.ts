import type { ProducerRecord, RecordMetadata } from 'kafkajs'
import { expect, test } from 'vitest'
import type { KafkaCluster } from './client.ts'
import { createProducer } from './producer.ts'

/** A producer whose client resolves every send with these results and records what was sent. */
const openProducer = (results: Partial<RecordMetadata>[]) => {
  const sent: ProducerRecord[] = []
  const client = {
    connect: async () => {},
    disconnect: async () => {},
    async send(record: ProducerRecord) {
      sent.push(record)
      return results
    },
  }
  const kafka = { producer: () => client } as unknown as KafkaCluster
  return { producer: createProducer(kafka), sent }
}
const acknowledged = { partition: 1, errorCode: 0, baseOffset: '7' }

test('a result of the one partition is an acknowledgement, with the offset of the first record', async () => {
  expect(await openProducer([acknowledged]).producer.append('topic', 1, [{ value: 'a' }])).toBe(7)
})

// kafkajs omits a partition whose leader moved between two attempts, and still resolves.
test.each([
  ['without any partition', []],
  ['with another partition', [{ ...acknowledged, partition: 2 }]],
  ['with an extra partition', [acknowledged, { ...acknowledged, partition: 2 }]],
  ['with an error code', [{ ...acknowledged, errorCode: 7 }]],
])('a result %s is no acknowledgement', async (_, results) => {
  const { producer } = openProducer(results)
  await expect(producer.append('topic', 1, [{ value: 'a' }])).rejects.toMatchObject({
    code: 'unavailable',
  })
})

test('a client that does not know the partition yet sends nothing: another one sends', async () => {
  const answers = [[], [acknowledged]]
  let opened = 0
  const kafka = {
    producer: () => {
      const results = answers[opened++] ?? []
      return { connect: async () => {}, disconnect: async () => {}, send: async () => results }
    },
  } as unknown as KafkaCluster
  expect(await createProducer(kafka).append('topic', 1, [{ value: 'a' }])).toBe(7)
  expect(opened).toBe(2)
})

test('every produce request asks all in-sync replicas to acknowledge', async () => {
  const { producer, sent } = openProducer([acknowledged])
  await producer.append('topic', 1, [{ value: 'a' }, { value: 'b' }])
  expect(sent.map(({ acks }) => acks)).toEqual([-1])
})

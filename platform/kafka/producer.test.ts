import type { ProducerRecord, RecordMetadata } from 'kafkajs'
import { expect, test } from 'vitest'
import { createProducer } from './producer.ts'
import type { KafkaCluster } from './client.ts'

/** A client that resolves every produce with these results, and remembers what it was asked. */
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

test('a produce that resolves with its one partition is acknowledged, at the offset of its first record', async () => {
  expect(await openProducer([acknowledged]).producer.append('topic', 1, [{ value: 'a' }])).toBe(7)
})

// kafkajs leaves out a partition whose leader moved between two tries, and resolves all the same.
test.each([
  ['without any partition', []],
  ['with another partition', [{ ...acknowledged, partition: 2 }]],
  ['with a partition too many', [acknowledged, { ...acknowledged, partition: 2 }]],
  ['with an error code', [{ ...acknowledged, errorCode: 7 }]],
])('a produce that resolves %s is no acknowledgement', async (_, results) => {
  const { producer } = openProducer(results)
  await expect(producer.append('topic', 1, [{ value: 'a' }])).rejects.toMatchObject({
    code: 'unavailable',
  })
})

test('every produce asks for the acknowledgement of all in-sync replicas', async () => {
  const { producer, sent } = openProducer([acknowledged])
  await producer.append('topic', 1, [{ value: 'a' }, { value: 'b' }])
  expect(sent.map(({ acks }) => acks)).toEqual([-1])
})

import { expect, test } from 'vitest'
import type { KafkaCluster } from './client.ts'
import { createTopicReader } from './topic-reader.ts'

type Answer = { highWatermark: string; messages: { offset: string; isControlRecord: boolean }[] }

/** A reader of a broker that gives these answers, one after the other. */
const readerOf = (answers: Answer[]) => {
  const asked: number[] = []
  const cluster = {
    connect: async () => {},
    disconnect: async () => {},
    addTargetTopic: async () => {},
    refreshMetadata: async () => {},
    findLeaderForPartitions: () => ({ 1: [0] }),
    findBroker: async () => ({
      fetch: async ({ topics }: { topics: { partitions: { fetchOffset: number }[] }[] }) => {
        asked.push(topics[0]?.partitions[0]?.fetchOffset ?? -1)
        return { responses: [{ partitions: [answers.shift()] }] }
      },
    }),
  }
  const kafka = { [Symbol('private:Kafka:createCluster')]: () => cluster } as unknown as KafkaCluster
  return { reader: createTopicReader(kafka), asked }
}
const record = (offset: number) => ({ offset: String(offset), isControlRecord: false })

const read = async (answers: Answer[], from: number, end: number) => {
  const { reader, asked } = readerOf(answers)
  const found: number[] = []
  for await (const records of reader.read('topic', 0, from, end))
    found.push(...records.map(({ offset }) => offset))
  return { found, asked }
}

test('a range whose tail has nothing left ends there', async () => {
  const answers = [
    { highWatermark: '9', messages: [record(3), record(4)] },
    { highWatermark: '9', messages: [] },
  ]
  expect(await read(answers, 3, 9)).toEqual({ found: [3, 4], asked: [3, 5] })
})

test('a broker that does not have the end yet is asked again', async () => {
  const answers = [
    { highWatermark: '5', messages: [] },
    { highWatermark: '9', messages: [record(5), record(8)] },
  ]
  expect(await read(answers, 5, 9)).toEqual({ found: [5, 8], asked: [5, 5] })
})

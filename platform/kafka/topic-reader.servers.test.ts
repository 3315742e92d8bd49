import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  beginForeignTransaction,
  type ForeignTransaction,
} from '../../test/harness/servers/foreign-transactions.ts'
import { createOwnTopic, type OwnTopic } from '../../test/harness/servers/own-topic.ts'
import { createTopicReader, type TopicReader } from './topic-reader.ts'

let topic: OwnTopic
let reader: TopicReader
let stillOpen: ForeignTransaction
/**
 * Offsets 0 to 6: a record, two transactions of one record each and their control records, a record, an open
 * one.
 */
beforeAll(async () => {
  topic = await createOwnTopic({ partitions: 1 })
  reader = createTopicReader(topic.kafka)
  await topic.producer.append('', 0, [{ value: 'first' }])
  const [committed, aborted] = [await beginForeignTransaction(topic), await beginForeignTransaction(topic)]
  for (const transaction of [committed, aborted]) await transaction.write([0])
  await committed.end('commit')
  await aborted.end('abort')
  await topic.producer.append('', 0, [{ value: 'last' }])
  stillOpen = await beginForeignTransaction(topic)
  await stillOpen.write([0])
})
afterAll(async () => {
  await stillOpen.end('abort')
  await reader.close()
  await topic.close()
})

const read = async (from: number, end: number): Promise<[number, string][]> => {
  const found: [number, string][] = []
  for await (const records of reader.read(topic.name, 0, from, end))
    for (const { offset, value } of records) found.push([offset, String(value)])
  return found
}

describe('offsets without a record', () => {
  test('an open transaction holds back neither the end of a partition nor its records', async () => {
    expect(await topic.offsets()).toEqual([{ partition: 0, first: 0, end: 7 }])
    expect(await read(0, 7)).toEqual([
      [0, 'first'],
      [1, 'foreign'],
      [2, 'foreign'],
      [5, 'last'],
      [6, 'foreign'],
    ])
  })

  test.each<[number, number, number[]]>([
    [3, 4, []],
    [3, 5, []],
    [4, 6, [5]],
    [2, 4, [2]],
  ])('a range from %d to %d ends at its end, and has the offsets %j', async (from, end, offsets) => {
    expect((await read(from, end)).map(([offset]) => offset)).toEqual(offsets)
  })
})

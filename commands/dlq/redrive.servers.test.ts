import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createDeadLetterReader,
  type DeadLetterReader,
} from '../../coupon/dead-letters/dead-letter-reader.ts'
import type { DeadLetter, LogPosition } from '../../coupon/log/dead-letter.ts'
import { deadLettersTopic } from '../../coupon/log/topics.ts'
import type { Producer } from '../../platform/kafka/producer.ts'
import { createTopicReader, type TopicReader } from '../../platform/kafka/topic-reader.ts'
import { createOwnTopic, type OwnTopic } from '../../test/harness/servers/own-topic.ts'
import { until } from '../../test/harness/values/until.ts'
import { createDeadLetterWriter } from '../../worker/dead-letter-writer.ts'
import { listLetters, redriveLetters } from './actions.ts'

let log: OwnTopic
let dead: OwnTopic
let reader: TopicReader
let letters: DeadLetterReader
beforeEach(async () => {
  ;[log, dead] = await Promise.all([
    createOwnTopic(),
    createOwnTopic({ settings: { 'max.message.bytes': '2097152' } }),
  ])
  reader = createTopicReader(dead.kafka)
  letters = createDeadLetterReader({ topics: { offsets: dead.offsets }, reader, topic: dead.name })
})
afterEach(async () => {
  await reader.close()
  await Promise.all([log.close(), dead.close()])
})

const producer: Producer = {
  append: (topic, partition, records) =>
    (topic === deadLettersTopic ? dead : log).producer.append(topic, partition, records),
  close: async () => {},
}
const redriveLines = async (
  which: { position: LogPosition } | { reason: string | undefined },
  isDryRun = false,
): Promise<string[]> => {
  const { text } = await redriveLetters({ letters, producer, now: () => 0 }, which, isDryRun)
  let printed = ''
  for await (const piece of text) printed += piece
  return printed.trimEnd().split('\n')
}
const redriveAll = (reason?: string): Promise<string[]> => redriveLines({ reason })
const redriveOne = (offset: number): Promise<string[]> => redriveLines({ position: { partition: 0, offset } })
/** The open letters, as many of them in each piece as `list --json` prints at once. */
const openPieces = async (): Promise<string[][]> => {
  const pieces: string[][] = []
  const { jsonLines = [] } = listLetters(letters, { reason: undefined, limit: undefined })
  for await (const documents of jsonLines) pieces.push((documents as { id: string }[]).map(({ id }) => id))
  return pieces.filter((ids) => ids.length > 0)
}
const openIds = async (): Promise<string[]> => (await openPieces()).flat()

const letterOf = (text: string, partition = 0, changes: Partial<DeadLetter> = {}): DeadLetter => ({
  record: {
    partition,
    offset: 5,
    timestampMs: 7,
    key: Buffer.from([0xff, 0]),
    value: Buffer.from(text),
    headers: {},
  },
  reason: 'unknown-campaign',
  message: 'why',
  ...changes,
})
const write = (...written: DeadLetter[]): Promise<void> =>
  createDeadLetterWriter(dead.producer, { now: () => 0 }).write(written)
const logged = async () =>
  (await log.records()).map(({ partition, key, value, headers }) => [partition, key, String(value), headers])

test('a redrive keeps partition, key, value and order of each record, and counts redrives', async () => {
  await write(letterOf('a', 2), letterOf('b', 1), letterOf('c', 2))
  await write({
    ...letterOf('d'),
    record: { ...letterOf('d').record, key: null, headers: { redrives: '4' } },
  })
  expect(await redriveAll()).toEqual([
    '0:0 unknown-campaign redriven to 2:0',
    '0:2 unknown-campaign redriven to 2:1',
    '0:1 unknown-campaign redriven to 1:0',
    '0:3 unknown-campaign redriven to 0:0',
    '4 redriven: 4 unknown-campaign',
  ])
  const key = Buffer.from([0xff, 0])
  expect(await logged()).toEqual([
    [0, null, 'd', { redrives: '5', 'redrive-of': '0:3' }],
    [1, key, 'b', { redrives: '1', 'redrive-of': '0:1' }],
    [2, key, 'a', { redrives: '1', 'redrive-of': '0:0' }],
    [2, key, 'c', { redrives: '1', 'redrive-of': '0:2' }],
  ])
})

test('a redriven letter is no longer open, and a second redrive does not repeat it', async () => {
  await write(letterOf('a'), letterOf('b'), letterOf('c'))
  expect(await redriveOne(1)).toContain('1 redriven: 1 unknown-campaign')
  expect(await openIds()).toEqual(['0:0', '0:2'])
  expect(await redriveAll()).toContain('2 redriven: 2 unknown-campaign')
  expect(await openIds()).toEqual([])
  expect(await redriveAll()).toEqual(['0 redriven'])
  await expect(redriveOne(1)).rejects.toMatchObject({
    code: 'refused',
    message: '0:1 was redriven 1970-01-01T00:00:00.000Z: its record is at 0:0 of coupon.grants.v1',
  })
  expect((await logged()).map(([, , value]) => value)).toEqual(['b', 'a', 'c'])
  await write(letterOf('later'))
  expect(await openIds()).toEqual(['0:6'])
})

test('--reason redrives only that reason, and a dry run writes nothing', async () => {
  await write(letterOf('a'), letterOf('b', 0, { reason: 'late' }), letterOf('c'))
  const plan = await redriveLines({ reason: 'late' }, true)
  expect(plan).toEqual(['0:1 would go to partition 0', '1 would be redriven: 1 late'])
  expect([await logged(), await openIds()]).toEqual([[], ['0:0', '0:1', '0:2']])
  expect(await redriveAll('late')).toContain('1 redriven: 1 late')
  expect([(await logged()).length, await openIds()]).toEqual([1, ['0:0', '0:2']])
})

test('foreign records in the topic are skipped, and a position without a letter is refused', async () => {
  await dead.producer.append('', 0, [
    { value: 'hello' },
    { value: null, headers: { redriven: '9:9', 'redriven-to': 'x' } },
    { value: 'x', headers: { reason: 'late', 'origin-topic': 'payments' } },
  ])
  await write(letterOf('a'))
  await dead.producer.append('', 2, [{ value: 'hello' }])
  expect(await openIds()).toEqual(['0:3'])
  for (const offset of [0, 1, 2, 4, 1_000])
    await expect(redriveOne(offset)).rejects.toMatchObject({ code: 'refused' })
})

test('a record that the log rejects stays open, is reported at the end, and stops no other', async () => {
  await write(letterOf('nowhere', 7), letterOf('a', 1), letterOf('b', 2))
  await expect(redriveAll()).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/^1 not acknowledged, still open: 1 unknown-campaign; Kafka: /),
  })
  expect((await logged()).map(([partition, , value]) => [partition, value])).toEqual([
    [1, 'a'],
    [2, 'b'],
  ])
  expect(await openIds()).toEqual(['0:0'])
})

test('with the log down a redrive ends after three produces, and all letters stay open', async () => {
  await write(...Array.from({ length: 6 }, (_, index) => letterOf('x'.repeat(400_000), index % 3)))
  log.proxy.cut()
  await expect(redriveAll()).rejects.toMatchObject({ code: 'unavailable' })
  expect(log.produces).toHaveLength(3)
  expect(await openIds()).toHaveLength(6)
  log.proxy.restore()
  await until('the log answers', () => log.producer.append('', 0, [{ value: 'warm' }]).then(() => true))
  expect(await redriveAll()).toContain('6 redriven: 6 unknown-campaign')
  expect([await openIds(), (await logged()).length]).toEqual([[], 7])
})

test('a letter whose note was not acknowledged stays open, though its record is in the log', async () => {
  await write(letterOf('a'))
  dead.proxy.cut()
  await expect(redriveAll()).rejects.toMatchObject({ code: 'unavailable' })
  dead.proxy.restore()
  expect([(await logged()).length, await openIds()]).toEqual([1, ['0:0']])
})

test('a list of many fetches leaves out letters whose notes come later', async () => {
  await write(...Array.from({ length: 3_000 }, (_, index) => letterOf(`${index} ${'x'.repeat(1_000)}`)))
  await redriveOne(0)
  await redriveOne(2_999)
  const pieces = await openPieces()
  expect(pieces.length).toBeGreaterThan(2)
  expect(pieces.flat()).toEqual(Array.from({ length: 2_998 }, (_, index) => `0:${index + 1}`))
})

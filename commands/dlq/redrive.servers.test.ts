import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DeadLetter } from '../../coupon/log/dead-letter.ts'
import { deadLettersTopic } from '../../coupon/log/topics.ts'
import { createTopicReader, type TopicReader } from '../../platform/kafka/topic-reader.ts'
import { createOwnTopic, type OwnTopic } from '../../test/harness/servers/topics.ts'
import { until } from '../../test/harness/values/until.ts'
import { createDeadLetterWriter } from '../../worker/dead-letter-writer.ts'
import { answer } from './answer.ts'
import type { DlqCommand } from './arguments.ts'
import { createLetters } from './letters.ts'

let log: OwnTopic
let dead: OwnTopic
let reader: TopicReader
beforeEach(async () => {
  ;[log, dead] = await Promise.all([
    createOwnTopic(),
    createOwnTopic({ settings: { 'max.message.bytes': '2097152' } }),
  ])
  reader = createTopicReader(dead.kafka)
})
afterEach(async () => {
  await reader.close()
  await Promise.all([log.close(), dead.close()])
})

/** What the command says, piece by piece. */
async function* saying(asked: DlqCommand): AsyncGenerator<string> {
  yield* await answer(asked, {
    letters: createLetters({ topics: { offsets: dead.offsets }, reader, topic: dead.name }),
    producer: {
      append: (topic, partition, records) =>
        (topic === deadLettersTopic ? dead : log).producer.append(topic, partition, records),
      close: async () => {},
    },
    now: () => 0,
  })
}
const say = async (asked: DlqCommand): Promise<string[]> => {
  let said = ''
  for await (const piece of saying(asked)) said += piece
  return said.trimEnd().split('\n')
}
const redriveAll = (changes: { reason?: string; isDryRun?: boolean } = {}): Promise<string[]> =>
  say({ ...{ kind: 'redrive', which: 'all', reason: undefined, isDryRun: false }, ...changes })
const redriveOne = (offset: number): Promise<string[]> =>
  say({ kind: 'redrive', which: { partition: 0, offset }, reason: undefined, isDryRun: false })
const openIds = async (): Promise<string[]> =>
  (await say({ kind: 'list', isJson: true, reason: undefined, limit: 1_000_000 }))
    .filter((line) => line !== '')
    .map((line) => String(JSON.parse(line).id))

const letterOf = (text: string, partition = 0, changes: Partial<DeadLetter> = {}): DeadLetter => ({
  record: {
    ...{ partition, offset: 5, timestampMs: 7, key: Buffer.from([0xff, 0]), value: Buffer.from(text) },
    headers: {},
  },
  ...{ reason: 'unknown-campaign', message: 'why' },
  ...changes,
})
const keep = (...letters: DeadLetter[]): Promise<void> =>
  createDeadLetterWriter(dead.producer, { now: () => 0 }).write(letters)
const logged = async () =>
  (await log.records()).map(({ partition, key, value, headers }) => [partition, key, String(value), headers])

test('a redrive puts each record into the partition that it came from, value and key as they were and in order, and counts', async () => {
  await keep(letterOf('a', 2), letterOf('b', 1), letterOf('c', 2))
  await keep({ ...letterOf('d'), record: { ...letterOf('d').record, key: null, headers: { redrives: '4' } } })
  expect(await redriveAll()).toEqual([
    ...['0:0 unknown-campaign lies at 2:0', '0:2 unknown-campaign lies at 2:1'],
    ...['0:1 unknown-campaign lies at 1:0', '0:3 unknown-campaign lies at 0:0'],
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

test('what was redriven is open no longer, a second redrive repeats none of it, and what came since is open', async () => {
  await keep(letterOf('a'), letterOf('b'), letterOf('c'))
  expect(await redriveOne(1)).toContain('1 redriven: 1 unknown-campaign')
  expect(await openIds()).toEqual(['0:0', '0:2'])
  expect(await redriveAll()).toContain('2 redriven: 2 unknown-campaign')
  expect(await openIds()).toEqual([])
  expect(await redriveAll()).toEqual(['0 redriven'])
  await expect(redriveOne(1)).rejects.toMatchObject({
    code: 'refused',
    message: '0:1 was redriven 1970-01-01T00:00:00.000Z and lies at 0:0 of coupon.grants.v1',
  })
  expect((await logged()).map(([, , value]) => value)).toEqual(['b', 'a', 'c'])
  await keep(letterOf('later'))
  expect(await openIds()).toEqual(['0:6'])
})

test('with a reason only that class goes, and a dry run writes nothing', async () => {
  await keep(letterOf('a'), letterOf('b', 0, { reason: 'late' }), letterOf('c'))
  const plan = await redriveAll({ reason: 'late', isDryRun: true })
  expect(plan).toEqual(['0:1 would go to partition 0', '1 would be redriven: 1 late'])
  expect([await logged(), await openIds()]).toEqual([[], ['0:0', '0:1', '0:2']])
  expect(await redriveAll({ reason: 'late' })).toContain('1 redriven: 1 late')
  expect([(await logged()).length, await openIds()]).toEqual([1, ['0:0', '0:2']])
})

test('what somebody else wrote into the topic is passed over, and a place without a letter is refused', async () => {
  await dead.producer.append('', 0, [
    { value: 'hello' },
    { value: null, headers: { redriven: '9:9', 'redriven-to': 'x' } },
    { value: 'x', headers: { reason: 'late', 'origin-topic': 'payments' } },
  ])
  await keep(letterOf('a'))
  await dead.producer.append('', 2, [{ value: 'hello' }])
  expect(await openIds()).toEqual(['0:3'])
  for (const offset of [0, 1, 2, 4, 1_000])
    await expect(redriveOne(offset)).rejects.toMatchObject({ code: 'refused' })
})

test('a record that the log does not take keeps no other from going, stays open, and is told at the end', async () => {
  await keep(letterOf('nowhere', 7), letterOf('a', 1), letterOf('b', 2))
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

test('with the log away nothing is noted as redriven, three tries say so, and later all of it goes', async () => {
  await keep(...Array.from({ length: 6 }, (_, index) => letterOf('x'.repeat(400_000), index % 3)))
  log.proxy.cut()
  await expect(redriveAll()).rejects.toMatchObject({ code: 'unavailable' })
  expect(log.produces).toHaveLength(3)
  expect(await openIds()).toHaveLength(6)
  log.proxy.restore()
  await until('the log answers', () => log.producer.append('', 0, [{ value: 'warm' }]).then(() => true))
  expect(await redriveAll()).toContain('6 redriven: 6 unknown-campaign')
  expect([await openIds(), (await logged()).length]).toEqual([[], 7])
})

test('a letter that is in the log again, and whose note was not acknowledged, is still open', async () => {
  await keep(letterOf('a'))
  dead.proxy.cut()
  await expect(redriveAll()).rejects.toMatchObject({ code: 'unavailable' })
  dead.proxy.restore()
  expect([(await logged()).length, await openIds()]).toEqual([1, ['0:0']])
})

test('letters of many fetches are listed, with the notes behind them counted', async () => {
  const letters = Array.from({ length: 3_000 }, (_, index) => letterOf(`${index} ${'x'.repeat(1_000)}`))
  await keep(...letters)
  await redriveOne(0)
  await redriveOne(2_999)
  const pieces: string[] = []
  for await (const piece of saying({ kind: 'list', isJson: true, reason: undefined, limit: 5_000 }))
    if (piece !== '') pieces.push(piece)
  expect(pieces.length).toBeGreaterThan(2)
  const ids = pieces
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => String(JSON.parse(line).id))
  expect(ids).toEqual(Array.from({ length: 2_998 }, (_, index) => `0:${index + 1}`))
})

import { randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import {
  createDeadLetterReader,
  type DeadLetterReader,
} from '../../coupon/dead-letters/dead-letter-reader.ts'
import type { Grant } from '../../coupon/grant.ts'
import { createCampaignRepository } from '../../coupon/ledger/campaigns.ts'
import { idBytes } from '../../coupon/ledger/ids.ts'
import { positionText, type StoredLetter } from '../../coupon/log/dead-letter.ts'
import { encodeGrant } from '../../coupon/log/log-record.ts'
import { deadLettersTopic, grantsTopic } from '../../coupon/log/topics.ts'
import { createKafka } from '../../platform/kafka/client.ts'
import { createProducer, type Producer } from '../../platform/kafka/producer.ts'
import { createTopicAdmin, type TopicAdmin } from '../../platform/kafka/topic-admin.ts'
import { createTopicReader, type TopicReader } from '../../platform/kafka/topic-reader.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { connectDatabase, type Database } from '../../platform/mysql/database.ts'
import { runCommand, type Said } from '../../test/harness/processes/run-command.ts'
import { newGrant } from '../../test/harness/values/grants.ts'
import { openStoredFacts, type StoredFacts } from '../../test/harness/values/stored-facts.ts'
import { until } from '../../test/harness/values/until.ts'

const environment = inject('environment')

let books: StoredFacts
let database: Database
let producer: Producer
let topics: TopicAdmin
let reader: TopicReader
let letters: DeadLetterReader
beforeAll(() => {
  books = openStoredFacts()
  const url = environment['DATABASE_URL'] ?? ''
  database = connectDatabase({ url, connectionsMax: 1, queryTimeoutMs: 5_000 })
  const brokers = (environment['KAFKA_BROKERS'] ?? '').split(',')
  const log = createLogger('test', 'silent')
  const kafka = createKafka({ brokers, clientId: 'firstcome-test', log, requestTimeoutMs: 10_000 })
  ;[producer, topics, reader] = [createProducer(kafka), createTopicAdmin(kafka), createTopicReader(kafka)]
  letters = createDeadLetterReader({ topics, reader, topic: deadLettersTopic })
})
afterAll(() => Promise.all([books, database, producer, topics, reader].map((one) => one.close())))

const dlq = (words: string, changes?: Record<string, string>): Promise<Said> =>
  runCommand('commands/dlq/main.ts', words.split(' '), changes)

/** The open letters of a grant, read in this process. */
const lettersOf = async (grant: Grant): Promise<StoredLetter[]> => {
  const found: StoredLetter[] = []
  for await (const open of letters.readOpen())
    found.push(...open.filter(({ value }) => value?.includes(grant.couponId)))
  return found
}
/** Appends a grant to the log and waits until the worker has made it a dead letter. */
const bury = async (grant: Grant): Promise<StoredLetter> => {
  const key = Buffer.from('a key')
  await producer.append(grantsTopic, 1, [{ value: encodeGrant(grant), key }])
  return until('it is a dead letter', async () => (await lettersOf(grant))[0])
}
/** Creates a campaign with this id in the ledger. The keeper arms it, which adds 1 to the epoch. */
const createCampaign = async (id: string, epoch = 0): Promise<void> => {
  const nowMs = Date.now()
  const window = { opensAtMs: nowMs, closesAtMs: nowMs + 3_600_000 }
  const discount = { kind: 'percent', value: 10 } as const
  const coupon = { title: 'Off', discount, usableFromMs: nowMs, usableUntilMs: nowMs + 7_200_000 }
  const terms = { name: 'Restored', stock: 10, perUserLimit: 1, ...window, coupon }
  await createCampaignRepository(database).create(id, terms, nowMs)
  if (epoch === 0) return
  // The epoch before ended where the log began. The keeper may have armed the campaign, and cut it, first.
  await database.change(
    'INSERT IGNORE INTO campaign_cuts SELECT ?, ?, partition_id, 0 FROM ledger_positions',
    [idBytes(id), epoch - 1],
  )
  await database.change('UPDATE campaigns SET epoch = GREATEST(epoch, ?) WHERE campaign_id = ?', [
    epoch,
    idBytes(id),
  ])
}

test('a grant whose campaign was missing is recorded by a redrive once the campaign is back', async () => {
  const grant = newGrant({ id: randomUUIDv7() })
  const id = positionText((await bury(grant)).position)
  const listed = await dlq('list --json --reason unknown-campaign')
  expect(listed).toMatchObject({ code: 0, stderr: '' })
  const documents = listed.stdout
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
  expect(documents).toContainEqual(expect.objectContaining({ id, grant, redrives: 0 }))
  const { stdout } = await dlq(`show ${id}`)
  for (const line of ['state +open', 'key +5 bytes: a key', `  couponId +${grant.couponId}`, 'advice +The'])
    expect(stdout).toMatch(new RegExp(`^${line}`, 'm'))

  await createCampaign(grant.campaignId)
  const redriven = await dlq(`redrive ${id}`)
  expect(redriven).toMatchObject({ code: 0, stderr: '' })
  expect(redriven.stdout).toMatch(
    /^0:\d+ unknown-campaign redriven to 1:\d+\n1 redriven: 1 unknown-campaign\n$/,
  )
  const [row] = await books.drained(grant.campaignId, 1)
  expect(row).toMatchObject({ couponId: grant.couponId, userId: grant.userId, rank: grant.rank })
  expect(await lettersOf(grant)).toEqual([])
  const again = await dlq(`redrive ${id}`)
  expect(again).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/was redriven/) })
})

test('a redriven late grant is late again: a new letter that names the one before, no row', async () => {
  const grant = newGrant({ id: randomUUIDv7() })
  await createCampaign(grant.campaignId, 2)
  const first = await bury(grant)
  expect(first).toMatchObject({ reason: 'late', redrives: 0, redriveOf: undefined })
  expect(await dlq(`redrive ${positionText(first.position)}`)).toMatchObject({ code: 0, stderr: '' })
  const open = await until('it is a dead letter again', async () => {
    const found = await lettersOf(grant)
    return found.length > 0 && found
  })
  expect(open).toMatchObject([{ reason: 'late', redrives: 1, redriveOf: first.position }])
  expect(open[0]?.position).not.toEqual(first.position)
  expect(await books.rows(grant.campaignId)).toEqual([])
})

test.each([
  ['a position without a letter', 'show 0:999999999', {}, 2, /has no dead letter at 0:999999999/],
  ['no address of Kafka', 'list', { KAFKA_BROKERS: '' }, 2, /KAFKA_BROKERS/],
  ['a Kafka that does not answer', 'list', { KAFKA_BROKERS: '127.0.0.1:9' }, 4, /Kafka: /],
])('%s: a message and an exit code, nothing else', async (_, words, changes, code, message) => {
  const { stderr, ...rest } = await dlq(words, changes)
  expect(stderr).toMatch(message)
  expect(rest).toEqual({ code, stdout: '' })
})

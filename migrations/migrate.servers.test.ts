import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { deadLettersTopic, grantsTopic } from '../coupon/log/topics.ts'
import { createKafka } from '../platform/kafka/client.ts'
import { createTopicAdmin } from '../platform/kafka/topic-admin.ts'
import { createLogger } from '../platform/log/logger.ts'
import { connectDatabase } from '../platform/mysql/database.ts'
import { createOwnDatabase, type OwnDatabase } from '../test/harness/servers/own-database.ts'
import { createTopics, migrateTables } from './migrate.ts'

const root = join(import.meta.dirname, '..')
let own: OwnDatabase
beforeAll(async () => {
  own = await createOwnDatabase({ isBare: true })
})
afterAll(() => own.close())

const sqlFiles = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.endsWith('.sql'))
/** The CREATE statement of every table, without the state of its counters. */
const tablesOf = async (): Promise<Record<string, string>> => {
  const names = await own.rows(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1',
  )
  const tables: Record<string, string> = {}
  for (const { name } of names) {
    const [row] = await own.rows(`SHOW CREATE TABLE \`${String(name)}\``)
    tables[String(name)] = String(row?.['Create Table']).replace(/ AUTO_INCREMENT=\d+/, '')
  }
  return tables
}
const migrateOnce = async (): Promise<number> => {
  const database = connectDatabase({ url: own.url, connectionsMax: 2, queryTimeoutMs: 30_000 })
  try {
    return await migrateTables(database)
  } finally {
    await database.close()
  }
}

test('four migrations of an empty database at once give one result, and another changes nothing', async () => {
  const count = (await sqlFiles(import.meta.dirname)).length
  expect(await Promise.all([1, 2, 3, 4].map(migrateOnce))).toEqual([count, count, count, count])
  expect(await own.rows('SELECT id FROM __drizzle_migrations')).toHaveLength(count)
  const campaign = await own.createCampaign({ name: 'kept' })
  const tables = await tablesOf()
  expect(Object.keys(tables)).toEqual(
    expect.arrayContaining(['campaign_changes', 'campaign_cuts', 'campaigns', 'coupons', 'ledger_positions']),
  )
  expect(await migrateOnce()).toBe(count)
  expect(await tablesOf()).toEqual(tables)
  expect(await own.rows('SELECT name, LOWER(HEX(campaign_id)) AS id FROM campaigns')).toEqual([
    { name: 'kept', id: campaign.id.replaceAll('-', '') },
  ])
})

test('the SQL files match the tables of the code: drizzle-kit has nothing to generate', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'firstcome-schema-'))
  await cp(import.meta.dirname, folder, { recursive: true })
  const before = await sqlFiles(folder)
  // drizzle-kit needs a folder relative to where it runs.
  const out = relative(root, folder)
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      join(root, 'node_modules', 'drizzle-kit', 'bin.cjs'),
      'generate',
      '--dialect=mysql',
      '--schema=./coupon/ledger/tables.ts',
      `--out=${out}`,
    ],
    { cwd: root, timeout: 50_000 },
  )
  expect(stdout).toContain('No schema changes')
  expect(await sqlFiles(folder)).toEqual(before)
  await rm(folder, { recursive: true })
})

test('existing topics stay as they are, and keep grants for 7 days or more without a size limit', async () => {
  const log = createLogger('test', 'silent')
  const brokers = (inject('environment')['KAFKA_BROKERS'] ?? '').split(',')
  const kafka = createKafka({ brokers, clientId: 'firstcome-test', log, requestTimeoutMs: 10_000 })
  const topics = createTopicAdmin(kafka)
  const before = await topics.offsets(grantsTopic)
  expect(
    await createTopics(topics, { grantsPartitions: 9, replicationFactor: 1, minInsyncReplicas: 1 }),
  ).toEqual([])
  expect(await topics.offsets(grantsTopic)).toHaveLength(before.length)
  await topics.close()

  const admin = kafka.admin()
  await admin.connect()
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [grantsTopic, deadLettersTopic].map((name) => ({ type: 2, name })),
  })
  await admin.disconnect()
  const settings = new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ]),
  )
  for (const topic of [grantsTopic, deadLettersTopic]) {
    const found = settings.get(topic)
    expect(found).toMatchObject({
      'retention.bytes': '-1',
      'cleanup.policy': 'delete',
      'unclean.leader.election.enable': 'false',
    })
    expect(Number(found?.['retention.ms'])).toBeGreaterThanOrEqual(7 * 86_400_000)
  }
  // A dead letter is a record and its headers: it has to fit even for a record of the largest size.
  const bytesOf = (topic: string): number => Number(settings.get(topic)?.['max.message.bytes'])
  expect(bytesOf(deadLettersTopic)).toBeGreaterThan(bytesOf(grantsTopic))
})

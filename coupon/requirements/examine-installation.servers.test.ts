import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createKafka } from '../../platform/kafka/client.ts'
import { describeKafka } from '../../platform/kafka/describe-kafka.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { connectDatabase } from '../../platform/mysql/database.ts'
import { connectRedis } from '../../platform/redis.ts'
import { findFreePort } from '../../servers/ports.ts'
import { startDatabase } from '../../servers/start-database.ts'
import { createOwnDatabase, type OwnDatabase } from '../../test/harness/servers/own-database.ts'
import { type OwnRedis, startOwnRedis } from '../../test/harness/servers/own-redis.ts'
import { createOwnTopic, type OwnTopic } from '../../test/harness/servers/own-topic.ts'
import { grantTopicShapes } from '../log/topics.ts'
import { databaseRequirements } from './database.ts'
import { readDatabase } from './database-reading.ts'
import { examineInstallation, type Installation } from './examine-installation.ts'
import { findingsOf } from './finding.ts'
import { brokerSettings, kafkaRequirements } from './kafka.ts'
import { logUnmetRequirements } from './log-unmet-requirements.ts'

const brokers = (inject('environment')['KAFKA_BROKERS'] ?? '').split(',')
let own: OwnRedis
let ledger: OwnDatabase
let topic: OwnTopic
beforeAll(async () => {
  ;[own, ledger, topic] = await Promise.all([
    startOwnRedis(),
    createOwnDatabase({ isBare: true }),
    createOwnTopic({
      settings: {
        'cleanup.policy': 'compact',
        'retention.ms': '3600000',
        'retention.bytes': '1000000',
        'unclean.leader.election.enable': 'true',
        'message.timestamp.type': 'CreateTime',
        'max.message.bytes': '10000',
      },
    }),
  ])
})
afterAll(() => Promise.all([own.close(), ledger.close(), topic.close()]))

const installation = (): Installation => ({
  redis: own.redis,
  redisUrl: own.url,
  kafka: topic.kafka,
  brokers,
  database: ledger.database,
  databaseUrl: ledger.url,
  now: Date.now,
})

type Line = { level: number; requirement?: string; finding?: string; fix?: string }
/** What a process logs that starts on these servers. */
const linesOf = async (servers: Installation): Promise<Line[]> => {
  const lines: Line[] = []
  const write = (line: string): void => void lines.push(JSON.parse(line) as Line)
  await logUnmetRequirements(servers, pino({ level: 'info' }, { write }))
  return lines
}

test('each wrong setting of a topic is a finding, with the command that fixes it', async () => {
  const shapes = grantTopicShapes({ grantsPartitions: 3, replicationFactor: 1, minInsyncReplicas: 1 })
  const shape = { ...shapes[0], topic: topic.name } as (typeof shapes)[number]
  const asked = { topics: [topic.name], brokerSettings, timeoutMs: 10_000 }
  const reading = { ...(await describeKafka(topic.kafka, asked)), given: brokers, silent: [] }
  const findings = findingsOf('Kafka', kafkaRequirements({ brokers, wanted: {} }, [shape]), reading)
  const ofTopic = findings.flatMap(({ name, level }) =>
    level === 'ok' || !name.startsWith(topic.name) ? [] : [`${name.split(' ')[1]} ${level}`],
  )
  expect(ofTopic.sort()).toEqual([
    'cleanup.policy failed',
    'copies warning',
    'max.message.bytes failed',
    'message.timestamp.type warning',
    'retention.bytes failed',
    'retention.ms failed',
    'unclean.leader.election.enable failed',
  ])
  const retention = findings.find(({ name }) => name.endsWith('retention.ms'))
  expect(retention?.fix).toBe(
    `kafka-configs.sh --bootstrap-server ${brokers.join(',')} --alter --entity-type topics --entity-name ${topic.name} --add-config retention.ms=604800000`,
  )
})

test('a Kafka that accepts connections and never answers times out', async () => {
  topic.proxy.hold()
  const kafka = createKafka({
    brokers: [`127.0.0.1:${topic.proxy.port}`],
    clientId: 'firstcome-test',
    log: createLogger('test', 'silent'),
    requestTimeoutMs: 10_000,
  })
  await expect(
    describeKafka(kafka, { topics: [topic.name], brokerSettings, timeoutMs: 200 }),
  ).rejects.toMatchObject({ code: 'unavailable', message: 'Kafka: no answer within 200 ms' })
  topic.proxy.release()
})

test('a process that starts logs one warning for each unmet requirement', async () => {
  await own.control.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
  const lines = await linesOf(installation())
  await own.control.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
  expect(new Set(lines.map(({ level }) => level))).toEqual(new Set([40]))
  const told = Object.fromEntries(lines.map(({ requirement, finding, fix }) => [requirement, [finding, fix]]))
  expect(told).toMatchObject({
    'Redis: maxmemory-policy': ['failed', expect.stringContaining('CONFIG SET maxmemory-policy noeviction')],
    'Kafka: coupon.grants.v1 copies': ['warning', expect.any(String)],
    'database: migrations': ['failed', 'npm run migrate'],
  })
  expect(Object.keys(told)).toHaveLength(lines.length)
  expect(Object.keys(told).filter((name) => name.startsWith('Redis'))).toHaveLength(1)
})

test('a process that starts while a server is down logs that, without the password', async () => {
  const databaseUrl = 'mysql://me:hush-hush@127.0.0.1:9/firstcome'
  const database = connectDatabase({ url: databaseUrl, connectionsMax: 1, queryTimeoutMs: 1_000 })
  const lines = await linesOf({ ...installation(), database, databaseUrl })
  await database.close()
  expect(lines).toContainEqual(expect.objectContaining({ level: 40, requirement: 'database: reachable' }))
  expect(JSON.stringify(lines)).not.toContain('hush-hush')
})

test('each wrong flag of a database is a finding, and so are missing tables', async () => {
  const server = await startDatabase({
    folder: join(inject('folder'), `database-${randomUUID()}`),
    port: await findFreePort(),
    extraArguments: [
      '--innodb-flush-log-at-trx-commit=2',
      '--log-bin=log',
      '--server-id=1',
      '--sync-binlog=0',
      '--read-only=1',
      '--max-connections=20',
      '--max-allowed-packet=1M',
      '--innodb-lock-wait-timeout=120',
    ],
  })
  const database = connectDatabase({ url: server.url, connectionsMax: 1, queryTimeoutMs: 5_000 })
  const findings = findingsOf('database', databaseRequirements, await readDatabase(database, Date.now))
  await database.close()
  await server.stop()
  expect(findings.flatMap(({ name, level }) => (level === 'ok' ? [] : [`${name} ${level}`])).sort()).toEqual([
    'connections warning',
    'innodb_flush_log_at_trx_commit failed',
    'innodb_lock_wait_timeout warning',
    'max_allowed_packet failed',
    'migrations failed',
    'sync_binlog failed',
    'writable failed',
  ])
})

test('a server that refuses the login, and one that never answers, are one finding each', async () => {
  const silent = createServer(() => undefined)
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as { port: number }
  const databaseUrl = `mysql://me@127.0.0.1:${port}/firstcome`
  const redisUrl = own.url.replace('redis://', 'redis://nobody:wrong@')
  const redis = connectRedis({
    url: redisUrl,
    commandTimeoutMs: 1_000,
    onError: () => {},
  })
  const database = connectDatabase({ url: databaseUrl, connectionsMax: 1, queryTimeoutMs: 1_000 })
  const examined = await examineInstallation({
    ...installation(),
    redis,
    redisUrl,
    database,
    databaseUrl,
  })
  redis.close()
  await database.close()
  silent.close()
  expect(examined).toMatchObject([
    { place: 'Redis', isRead: false, findings: [{ found: expect.stringMatching(/WRONGPASS/) }] },
    { place: 'Kafka', isRead: true },
    {
      place: 'database',
      isRead: false,
      findings: [{ found: expect.stringMatching(/no connection within|ETIMEDOUT/) }],
    },
  ])
})

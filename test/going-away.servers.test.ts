import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { recorderGroup } from '../coupon/grant.ts'
import { createKafka } from '../platform/kafka.ts'
import { createLog } from '../platform/log.ts'
import { connectDatabase, type Database } from '../platform/mysql.ts'
import { type Books, openBooks, toldBy } from './books.ts'
import { type Answer, ask, createCampaign, newUser, press } from './client.ts'
import { expectExact, gatherCrowd } from './crowd.ts'
import { type OwnServers, startOwnServers } from './own-servers.ts'
import { scrape } from './metric-text.ts'
import { type PartOptions, type Running, startPart } from './processes.ts'
import { createProxy, type Proxy } from './proxy.ts'
import { until } from './until.ts'

let servers: OwnServers
let books: Books
let database: Database
const running = new Set<Running>()
const proxies: Proxy[] = []
/** Servers of our own: workers of one Kafka are one group, and these come and go. */
beforeAll(async () => {
  servers = await startOwnServers('going-away')
  books = openBooks(servers.environment)
  const url = servers.environment['DATABASE_URL'] ?? ''
  database = connectDatabase({ url, connectionsMax: 2, queryTimeoutMs: 30_000 })
})
afterEach(async () => {
  await Promise.all([...running].map((part) => part.stop()))
  running.clear()
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()))
})
afterAll(async () => {
  await Promise.all([books.close(), database.close()])
  await servers.stop()
})

const start = async (
  part: 'api' | 'worker',
  settings: Record<string, string> = {},
  options: Partial<PartOptions> = {},
): Promise<Running> => {
  const started = await startPart(
    part,
    { ...servers.environment, ...settings },
    { folder: inject('folder'), waitFor: 'ready', ...options },
  )
  running.add(started)
  return started
}
/** SIGTERM, and SIGKILL after the 8 s that are promised: then it did not end with a code. */
const leaves = async (part: Running): Promise<void> => {
  await part.stop()
  running.delete(part)
  expect(await part.exited).toEqual({ code: 0, signal: null })
}
const proxyOf = async (host: string, port: string): Promise<Proxy> => {
  const proxy = await createProxy({ host, port: Number(port) })
  proxies.push(proxy)
  return proxy
}
/** A proxy in front of a server that has an address of ours. */
const proxied = async (name: 'REDIS_URL' | 'DATABASE_URL'): Promise<{ proxy: Proxy; url: string }> => {
  const url = new URL(servers.environment[name] ?? '')
  const proxy = await proxyOf(url.hostname, url.port)
  url.host = `127.0.0.1:${proxy.port}`
  return { proxy, url: url.href }
}

const usual = { STOP_DELAY_MS: '500' }
/** What an orchestrator does: away with one, and another in its place. */
const restart = async (part: Running, name: 'api' | 'worker'): Promise<Running> => {
  await leaves(part)
  return start(name, usual, { port: Number(new URL(part.url).port) })
}

test('two API processes and two workers restarted one by one in the middle of a sale: everybody is answered, every yes has its row', async () => {
  const [first, second] = await Promise.all([start('api', usual), start('api', usual)])
  const [recorder, other] = await Promise.all([start('worker'), start('worker')])
  const stock = 6_000
  const campaignId = await createCampaign(first.url, { stock })
  const urls = [first.url, second.url]
  const crowd = gatherCrowd({ urls, campaignId, people: 12, pauseMs: 25 })
  await crowd.goesOn(100)
  await Promise.all([restart(first, 'api'), restart(recorder, 'worker')])
  await crowd.goesOn(100)
  await Promise.all([restart(second, 'api'), restart(other, 'worker')])
  await crowd.goesOn(100)
  await crowd.end()
  process.stdout.write(`rolling restart of two API processes and two workers: ${crowd.figures()}\n`)

  const rest = gatherCrowd({ urls, campaignId, people: 40, pauseMs: 0 })
  await until('it is sold out', () => rest.pressed.at(-1)?.status === 409)
  await rest.end()
  await expectExact(books, campaignId, stock, [...crowd.pressed, ...rest.pressed])
})

/** No batch comes to its commit while `work` runs. */
const withLedgerLocked = (work: () => Promise<void>): Promise<void> =>
  database.transaction(async (connection) => {
    await connection.rows('SELECT * FROM ledger_positions FOR UPDATE')
    await work()
    return { commit: false, result: undefined }
  })
const untilMidBatch = (): Promise<boolean> =>
  until('a worker is in the middle of a batch', () =>
    database.transaction(async (connection) => {
      const statements = await connection.rows(
        'SELECT info FROM information_schema.processlist WHERE db = DATABASE()',
      )
      const isWaiting = statements.some(({ info }) =>
        String(info).startsWith('SELECT next_offset FROM ledger_positions'),
      )
      return { commit: false, result: isWaiting }
    }),
  )
const members = async (): Promise<number> => {
  const brokers = [servers.environment['KAFKA_BROKERS'] ?? '']
  const log = createLog('test', 'silent')
  const admin = createKafka({ brokers, clientId: 'test', log, requestTimeoutMs: 10_000 }).admin()
  await admin.connect()
  const { groups } = await admin.describeGroups([recorderGroup])
  await admin.disconnect()
  return groups[0]?.members.length ?? 0
}
const pressAll = (url: string, campaignId: string, count: number): Promise<Answer[]> =>
  Promise.all(Array.from({ length: count }, () => press(url, campaignId, newUser())))

test('a worker told to end in the middle of a backlog commits its batch and leaves the group: the other goes on, and every row is there once', async () => {
  const api = await start('api')
  const small = { LEDGER_BATCH_SIZE_MAX: '50' }
  const [leaving] = await Promise.all([start('worker', small), start('worker', small)])
  await until('both are members', async () => (await members()) === 2)
  const stock = 1_500
  const campaignId = await createCampaign(api.url, { stock })
  let sold: Answer[] = []
  let left = Promise.resolve()
  await withLedgerLocked(async () => {
    sold = await pressAll(api.url, campaignId, stock)
    await untilMidBatch()
    left = leaves(leaving)
    await until('it says that it goes', async () => {
      const { status, body } = await ask(`${leaving.url}/readyz`)
      return status === 503 && body['status'] === 'stopping'
    })
  })
  await left
  // A member that did not say goodbye would keep its partitions for ten seconds more.
  expect(await members()).toBe(1)
  const told = sold.map(toldBy).sort((one, another) => one.rank - another.rank)
  expect(await books.drained(campaignId, stock)).toEqual(told)
})

test('while gate, log and database are silent, API and worker end within 8 s all the same, and who waits is answered', async () => {
  const [redis, ledger] = await Promise.all([proxied('REDIS_URL'), proxied('DATABASE_URL')])
  const [host = '', port = ''] = (servers.environment['KAFKA_BROKERS'] ?? '').split(':')
  // Past its first answer kafkajs would go straight to the broker.
  const kafka = await proxyOf(host, port)
  kafka.hold()
  const settings = { REDIS_URL: redis.url, DATABASE_URL: ledger.url }
  // Time enough to see that they wait.
  const patient = { GATE_TIMEOUT_MS: '3000', PUBLISH_DEADLINE_MS: '4000' }
  const [sound, api, worker] = await Promise.all([
    start('api'),
    start('api', { ...settings, ...patient, KAFKA_BROKERS: `${host}:${kafka.port}` }, { waitFor: 'live' }),
    start('worker', settings),
  ])
  const campaignId = await createCampaign(sound.url, { stock: 10 })
  const left: Promise<void>[] = []
  const waiting: Promise<Answer>[] = []
  await withLedgerLocked(async () => {
    const yes = await press(sound.url, campaignId, newUser())
    expect(yes.status).toBe(201)
    await untilMidBatch()
    waiting.push(press(api.url, campaignId, newUser()))
    await until('the gate has granted it', async () => (await books.gate(campaignId)).granted === 2)
    redis.proxy.hold()
    ledger.proxy.hold()
    waiting.push(press(api.url, campaignId, newUser()))
    await until('one waits for the log and one for the gate', async () => {
      const issues = (await scrape(api.metricsUrl)).value('firstcome_issue_queue_size')
      return issues === 2
    })
    left.push(leaves(worker))
  })
  left.push(leaves(api))
  const [pending, unknown] = await Promise.all(waiting)
  expect([pending?.status, unknown?.status, unknown?.body['code']]).toEqual([202, 503, 'unavailable'])
  await Promise.all(left)

  await start('worker')
  const rows = await books.drained(campaignId, 2)
  expect(rows.map(({ rank }) => rank)).toEqual([1, 2])
})

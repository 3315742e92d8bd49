import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { recorderGroup } from '../../coupon/log/topics.ts'
import { createKafka } from '../../platform/kafka/client.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { connectDatabase, type Database } from '../../platform/mysql/database.ts'
import { createProxy, type Proxy } from '../../servers/network/proxy.ts'
import { scrape } from '../harness/metrics/metric-text.ts'
import { expectExact, gatherCrowd } from '../harness/processes/crowd.ts'
import { createFleet } from '../harness/processes/fleet.ts'
import { type ApiAnswer, ask, createTestCampaign, newUser, press } from '../harness/processes/http-client.ts'
import { type OwnServers, startOwnServers } from '../harness/servers/own-servers.ts'
import { couponIn, openStoredFacts, type StoredFacts } from '../harness/values/stored-facts.ts'
import { until } from '../harness/values/until.ts'

let servers: OwnServers
let stored: StoredFacts
let database: Database
const proxies = new Set<Proxy>()
// A backlog is many batches.
const fleet = createFleet(() => ({ ...servers.environment, LEDGER_BATCH_SIZE_MAX: '50' }))
const { leaves, restart, startOther } = fleet
beforeAll(async () => {
  servers = await startOwnServers('going-away')
  stored = openStoredFacts(servers.environment)
  const url = servers.environment['DATABASE_URL'] ?? ''
  database = connectDatabase({ url, connectionsMax: 2, queryTimeoutMs: 30_000 })
})
beforeEach(fleet.fill)
afterEach(async () => {
  await fleet.endOthers()
  await Promise.all([...proxies].map((proxy) => proxy.close()))
  proxies.clear()
})
afterAll(async () => {
  await fleet.stop()
  await Promise.all([stored.close(), database.close()])
  await servers.stop()
})

describe('shutdown loses nothing', () => {
  test('rolling restart of two API processes and two workers amid a sale: every yes has its row', async () => {
    const [first, second] = fleet.members.api
    const [recorder, other] = fleet.members.worker
    const urls = fleet.members.api.map(({ url }) => url)
    const stock = 6_000
    const campaignId = await createTestCampaign(urls[0] ?? '', { stock })
    const crowd = gatherCrowd({ urls, campaignId, people: 12, pauseMs: 25 })
    await crowd.goesOn(100)
    await Promise.all([restart('api', first), restart('worker', recorder)])
    await crowd.goesOn(100)
    await Promise.all([restart('api', second), restart('worker', other)])
    await crowd.goesOn(100)
    await crowd.end()
    process.stdout.write(`rolling restart of two API processes and two workers: ${crowd.figures()}\n`)

    const rest = gatherCrowd({ urls, campaignId, people: 40, pauseMs: 0 })
    await until('it is sold out', () => rest.pressed.at(-1)?.status === 409)
    await rest.end()
    await expectExact(stored, campaignId, stock, [...crowd.pressed, ...rest.pressed])
  }, 120_000)

  /** No batch comes to its commit while `work` runs. */
  const withLedgerLocked = (work: () => Promise<void>): Promise<void> =>
    database.transaction(async (connection) => {
      await connection.read('SELECT * FROM ledger_positions FOR UPDATE')
      await work()
      return { commit: false, result: undefined }
    })
  const untilMidBatch = (count: number): Promise<boolean> =>
    until(`${count} workers are in the middle of a batch`, () =>
      database.transaction(async (connection) => {
        const statements = await connection.read(
          'SELECT info FROM information_schema.processlist WHERE db = DATABASE()',
        )
        const waiting = statements.filter(({ info }) =>
          String(info).startsWith('SELECT next_offset FROM ledger_positions'),
        )
        return { commit: false, result: waiting.length === count }
      }),
    )
  /** Members of the workers' group. One that did not say goodbye would be among them for ten seconds more. */
  const members = async (): Promise<number> => {
    const brokers = [servers.environment['KAFKA_BROKERS'] ?? '']
    const log = createLogger('test', 'silent')
    const admin = createKafka({ brokers, clientId: 'test', log, requestTimeoutMs: 10_000 }).admin()
    await admin.connect()
    const { groups } = await admin.describeGroups([recorderGroup])
    await admin.disconnect()
    return groups[0]?.members.length ?? 0
  }

  const proxyTo = async (host: string, port: string): Promise<Proxy> => {
    const proxy = await createProxy({ host, port: Number(port) })
    proxies.add(proxy)
    return proxy
  }
  const proxied = async (name: 'REDIS_URL' | 'DATABASE_URL'): Promise<{ proxy: Proxy; url: string }> => {
    const url = new URL(servers.environment[name] ?? '')
    const proxy = await proxyTo(url.hostname, url.port)
    url.host = `127.0.0.1:${proxy.port}`
    return { proxy, url: url.href }
  }

  test('with gate, log and database silent, API and worker exit within 8 s and answer waiting requests', async () => {
    const [redis, ledger] = await Promise.all([proxied('REDIS_URL'), proxied('DATABASE_URL')])
    const [host = '', port = ''] = (servers.environment['KAFKA_BROKERS'] ?? '').split(':')
    // Past its first answer kafkajs would go straight to the broker.
    const kafka = await proxyTo(host, port)
    kafka.hold()
    const settings = { REDIS_URL: redis.url, DATABASE_URL: ledger.url }
    // Time enough to see that they wait.
    const patient = { GATE_TIMEOUT_MS: '3000', PUBLISH_DEADLINE_MS: '4000' }
    const [api, worker] = await Promise.all([
      startOther(
        'api',
        { ...settings, ...patient, KAFKA_BROKERS: `${host}:${kafka.port}` },
        { waitFor: 'live' },
      ),
      startOther('worker', settings),
    ])
    const soundUrl = fleet.members.api[0]?.url ?? ''
    const campaignId = await createTestCampaign(soundUrl, { stock: 10 })
    const left: Promise<void>[] = []
    const waiting: Promise<ApiAnswer>[] = []
    await withLedgerLocked(async () => {
      // One record for each partition, and so for each worker.
      for (let pressed = 0; pressed < 3; pressed += 1)
        expect((await press(soundUrl, campaignId, newUser())).status).toBe(201)
      await untilMidBatch(3)
      waiting.push(press(api.url, campaignId, newUser()))
      await until('the gate has granted it', async () => (await stored.gate(campaignId)).granted === 4)
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
    expect(await members()).toBe(2)
    const rows = await stored.drained(campaignId, 4)
    expect(rows.map(({ rank }) => rank)).toEqual([1, 2, 3, 4])
  })

  test('a worker stopped amid a backlog commits its batch and leaves the group; every row exists once', async () => {
    const apiUrl = fleet.members.api[0]?.url ?? ''
    const [leaving] = fleet.members.worker
    if (leaving === undefined) throw new Error('there is no worker')
    await until('both are members', async () => (await members()) === 2)
    const stock = 1_500
    const campaignId = await createTestCampaign(apiUrl, { stock })
    let sold: ApiAnswer[] = []
    let left = Promise.resolve()
    await withLedgerLocked(async () => {
      sold = await Promise.all(Array.from({ length: stock }, () => press(apiUrl, campaignId, newUser())))
      await untilMidBatch(2)
      left = leaves(leaving)
      await until('it says that it goes', async () => {
        const { status, body } = await ask(`${leaving.url}/readyz`)
        return status === 503 && body['status'] === 'stopping'
      })
    })
    await left
    expect(await members()).toBe(1)
    const told = sold.map(couponIn).sort((one, another) => one.rank - another.rank)
    expect(await stored.drained(campaignId, stock)).toEqual(told)
  })
})

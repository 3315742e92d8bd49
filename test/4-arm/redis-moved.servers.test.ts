import { randomUUIDv7 } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { createHaltGate } from '../../coupon/gate/halt-gate.ts'
import { createProxy } from '../../servers/network/proxy.ts'
import { type CrowdPress, gatherCrowd } from '../harness/processes/crowd.ts'
import { ask, createTestCampaign, newUser, press } from '../harness/processes/http-client.ts'
import { runCommand } from '../harness/processes/run-command.ts'
import { type PartOptions, type Running, startPart } from '../harness/processes/start-part.ts'
import { createOwnDatabase } from '../harness/servers/own-database.ts'
import { type OwnRedis, startOwnRedis } from '../harness/servers/own-redis.ts'
import { type OwnServers, startOwnServers } from '../harness/servers/own-servers.ts'
import {
  couponIn,
  openStoredFacts,
  type StoredCoupon,
  type StoredFacts,
} from '../harness/values/stored-facts.ts'
import { until } from '../harness/values/until.ts'

let servers: OwnServers
let stored: StoredFacts
const redises: OwnRedis[] = []
const running = new Set<Running>()

beforeAll(async () => {
  servers = await startOwnServers('redis-moved')
  stored = openStoredFacts(servers.environment)
})
afterEach(async () => {
  await Promise.all([...running].map((part) => part.stop()))
  running.clear()
  await Promise.all(redises.splice(0).map((redis) => redis.close()))
})
afterAll(async () => {
  await stored.close()
  await servers.stop()
})

const adopt = (redis: OwnRedis) =>
  runCommand('commands/redis/main.ts', ['adopt'], { ...servers.environment, REDIS_URL: redis.url })

/** Two Redis servers. Gates are armed on the first, whatever a test before left. */
const openTwo = async (): Promise<[OwnRedis, OwnRedis]> => {
  const [from, to] = await Promise.all([startOwnRedis(), startOwnRedis()])
  redises.push(from, to)
  expect(await adopt(from)).toMatchObject({ code: 0 })
  return [from, to]
}

const start = async (
  part: 'api' | 'worker',
  { url }: OwnRedis,
  options: Partial<PartOptions> = {},
): Promise<Running> => {
  const started = await startPart(
    part,
    { ...servers.environment, REDIS_URL: url },
    { folder: inject('folder'), waitFor: 'ready', ...options },
  )
  running.add(started)
  return started
}

const stop = async (part: Running): Promise<void> => {
  running.delete(part)
  await part.stop()
}

const stateOf = async (url: string, campaignId: string): Promise<unknown> =>
  (await ask(`${url}/v1/campaigns/${campaignId}`)).body['state']

const epochOf = async ({ control }: OwnRedis, campaignId: string): Promise<number> =>
  Number(await control.command('HGET', `fc:{${campaignId}}:gate`, 'epoch'))

const wonBy = (pressed: readonly CrowdPress[]): StoredCoupon[] =>
  pressed
    .filter(({ status }) => status === 200 || status === 201)
    .map(({ status, body }) => couponIn({ status, body, headers: new Headers() }))

describe('gates move to another Redis', () => {
  test('old and new processes serve side by side under load: every yes has its row, and epochs do not run up', async () => {
    const [from, to] = await openTwo()
    const [oldApi, oldWorker] = await Promise.all([start('api', from), start('worker', from)])
    const stock = 4_000
    const campaignId = await createTestCampaign(oldApi.url, { stock })
    const before = gatherCrowd({ urls: [oldApi.url], campaignId, people: 8, pauseMs: 10 })
    await before.goesOn(100)

    const [newApi, newWorker] = await Promise.all([
      start('api', to, { waitFor: 'live' }),
      start('worker', to, { waitFor: 'live' }),
    ])
    expect(newWorker.url).not.toBe(oldWorker.url)
    await until(
      'the campaign is open at the new one',
      async () => (await stateOf(newApi.url, campaignId)) === 'open',
    )
    const after = gatherCrowd({ urls: [newApi.url], campaignId, people: 8, pauseMs: 10 })
    await Promise.all([before.goesOn(50), after.goesOn(200)])
    await before.end()
    await Promise.all([stop(oldApi), stop(oldWorker)])
    await after.goesOn(50)
    await after.end()

    const rest = gatherCrowd({ urls: [newApi.url], campaignId, people: 30, pauseMs: 0 })
    await until('it is sold out', () => rest.pressed.at(-1)?.status === 409)
    await rest.end()
    const won = wonBy([...before.pressed, ...after.pressed, ...rest.pressed])
    expect(wonBy(before.pressed).length).toBeGreaterThan(0)
    expect(wonBy(after.pressed).length).toBeGreaterThan(0)
    const rows = new Map((await stored.drained(campaignId, stock)).map((row) => [row.couponId, row]))
    expect(won.filter((coupon) => rows.get(coupon.couponId)?.userId !== coupon.userId)).toEqual([])
    expect(rows.size).toBe(stock)
    expect(await epochOf(to, campaignId)).toBe(2)
  }, 120_000)

  test('a Redis that was left grants nothing any more, and its processes never arm it again', async () => {
    const [from, to] = await openTwo()
    const oldApi = await start('api', from)
    await start('worker', from)
    const campaignId = await createTestCampaign(oldApi.url, { stock: 10 })
    expect((await press(oldApi.url, campaignId, newUser())).status).toBe(201)
    const newApi = await start('api', to, { waitFor: 'live' })
    await start('worker', to, { waitFor: 'live' })
    await until(
      'the campaign is open at the new one',
      async () => (await stateOf(newApi.url, campaignId)) === 'open',
    )

    const epoch = await epochOf(to, campaignId)
    for (let pressed = 0; pressed < 20; pressed += 1)
      expect(await press(oldApi.url, campaignId, newUser())).toMatchObject({ status: 503 })
    await until(
      'units that came back are sold',
      async () => (await press(newApi.url, campaignId, newUser())).status === 201,
    )
    expect(await epochOf(to, campaignId)).toBe(epoch)
  }, 60_000)

  test('a sale that was halted at the old one without the ledger is paused at the new one', async () => {
    const [from, to] = await openTwo()
    const oldApi = await start('api', from)
    const campaignId = await createTestCampaign(oldApi.url, { stock: 10 })
    const halted = await createHaltGate(from.redis).halt(campaignId, {
      ...{ id: randomUUIDv7(), ifVersion: undefined },
      ...{ by: 'kim', from: '::1', reason: 'a wrong price' },
    })
    expect(halted).toMatchObject({ kind: 'halted' })
    const newApi = await start('api', to, { waitFor: 'live' })
    await start('worker', to, { waitFor: 'live' })
    await until('it is armed at the new one', async () => (await epochOf(to, campaignId)) === 2)
    expect((await press(newApi.url, campaignId, newUser())).body['code']).toBe('paused')
  }, 60_000)

  test('a dead Redis at another address is waited for, until an operator says that it is gone', async () => {
    const [from, to] = await openTwo()
    const oldApi = await start('api', from)
    const oldWorker = await start('worker', from)
    const campaignId = await createTestCampaign(oldApi.url, { stock: 10 })
    const winner = newUser()
    const won = await press(oldApi.url, campaignId, winner)
    expect(won.status).toBe(201)
    await stored.drained(campaignId, 1)
    await Promise.all([stop(oldApi), stop(oldWorker)])
    await redises.shift()?.close()

    const newApi = await start('api', to, { waitFor: 'live' })
    await start('worker', to, { waitFor: 'live' })
    const status = () =>
      runCommand('commands/redis/main.ts', ['status'], { ...servers.environment, REDIS_URL: to.url })
    await until('it waits', async () => (await status()).stdout.includes('leaving'))
    expect((await press(newApi.url, campaignId, newUser())).status).toBe(503)
    expect(await adopt(to)).toMatchObject({ code: 0 })
    await until('the campaign is open', async () => (await stateOf(newApi.url, campaignId)) === 'open')
    expect(await press(newApi.url, campaignId, winner)).toMatchObject({
      status: 200,
      body: { id: won.body['id'] },
    })
  }, 60_000)
})

describe('servers of different deployments', () => {
  test('a worker whose database belongs to another deployment takes no partition and says which belongs to whom', async () => {
    const other = await createOwnDatabase()
    await other.change("UPDATE deployment SET deployment_id = UNHEX(REPLACE(UUID(), '-', ''))")
    const url = new URL(other.url)
    const proxy = await createProxy({ host: url.hostname, port: Number(url.port) })
    url.port = String(proxy.port)
    try {
      const environment = { ...servers.environment, DATABASE_URL: url.href }
      proxy.cut()
      const worker = await startPart('worker', environment, { folder: inject('folder'), waitFor: 'live' })
      running.add(worker)
      await until('it waits', () => worker.lastLines(50).join('\n').includes('the worker waits'))
      proxy.restore()
      expect(await worker.exited).toMatchObject({ code: 1 })
      const said = worker.lastLines(200).join('\n')
      expect(said).toMatch(
        /(database|Kafka) .* belongs to deployment .*, but .* belong.* to deployment .*: correct the address/,
      )
      expect(said).not.toContain('is recording grants')
      const migrated = await runCommand('migrations/main.ts', [], environment)
      expect(migrated).toMatchObject({ code: 2, stderr: expect.stringContaining('belongs to deployment') })
    } finally {
      await proxy.close()
      await other.close()
    }
  }, 60_000)
})

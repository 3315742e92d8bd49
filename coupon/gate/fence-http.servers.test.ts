import { randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import {
  type ApiAnswer,
  ask,
  createTestCampaign,
  newUser,
  outcomeOf,
  press,
} from '../../test/harness/processes/http-client.ts'
import { type Running, startPart } from '../../test/harness/processes/start-part.ts'
import { createOwnDatabase, type OwnDatabase } from '../../test/harness/servers/own-database.ts'
import { type OwnRedis, promote, startOwnRedis } from '../../test/harness/servers/own-redis.ts'
import { until } from '../../test/harness/values/until.ts'
import { freeKey, gateKey, outboxKey, winnersKey } from './keys.ts'

/** Redis, ledger and API process of this file alone: no keeper arms its campaigns again. */
let own: OwnRedis
let ledger: OwnDatabase
let api: Running
beforeAll(async () => {
  ;[own, ledger] = await Promise.all([startOwnRedis(), createOwnDatabase()])
  const environment = {
    ...inject('environment'),
    REDIS_URL: own.url,
    DATABASE_URL: ledger.url,
    REGISTRY_INTERVAL_MS: '100',
  }
  api = await startPart('api', environment, { folder: inject('folder'), waitFor: 'ready' })
})
afterAll(async () => {
  await api.stop()
  await Promise.all([own.close(), ledger.close()])
})

/** A campaign that is sold out to one winner. */
const sellOut = async (): Promise<{ id: string; winner: string }> => {
  const [id, winner] = [await createTestCampaign(api.url, { stock: 1 }), newUser()]
  expect((await press(api.url, id, winner)).status).toBe(201)
  expect((await press(api.url, id, newUser())).body['code']).toBe('sold-out')
  return { id, winner }
}
const codeOf = ({ status, headers, body }: ApiAnswer): unknown => {
  expect(status).toBe(503)
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  return body['code']
}
/** The codes that a new user and the winner get. */
const codesOf = async ({ id, winner }: { id: string; winner: string }): Promise<unknown[]> =>
  (await Promise.all([press(api.url, id, newUser()), press(api.url, id, winner)])).map(codeOf)
const bothRecovering = ['recovering', 'recovering']

type Spoil = [string, (id: string) => Promise<unknown>]
const spoilt: Spoil[] = [
  ['its gate', (id) => own.control.command('DEL', gateKey(id))],
  ['its stock', (id) => own.control.command('HDEL', gateKey(id), 'stock')],
  ['its fence', (id) => own.control.command('HSET', gateKey(id), 'fence', 'f'.repeat(40))],
]
const disagreeing: Spoil[] = [
  ['its winners', (id) => own.control.command('DEL', winnersKey(id, 1))],
  ['an outbox entry', (id) => own.control.command('XADD', outboxKey(id, 1), '1-9', 'count', 1)],
  ['a free rank', (id) => own.control.command('RPUSH', freeKey(id, 1), 9)],
]
test.each([...spoilt, ...disagreeing])(
  'a sold-out campaign that lost or gained %s is recovering for winners and losers',
  async (_, spoil) => {
    const sale = await sellOut()
    await spoil(sale.id)
    expect(await codesOf(sale)).toEqual(bothRecovering)
    const outcome = await outcomeOf(api.url, sale.id, newUser())
    expect(outcome.body).toMatchObject({ outcome: 'recovering', coupons: [] })
  },
)

test('a campaign that lost its gate, its stock or its fence is shown as recovering', async () => {
  const shown = spoilt.map(async ([what, spoil]) => {
    const { id } = await sellOut()
    await spoil(id)
    await until(`without ${what} it is recovering`, async () => {
      const { status, body } = await ask(`${api.url}/v1/campaigns/${id}`)
      expect(status).toBe(200)
      return body['state'] === 'recovering'
    })
  })
  await Promise.all(shown)
})

test('a server that was demoted and promoted again is recovering, even for unknown ids', async () => {
  const sale = await sellOut()
  await own.control.command('REPLICAOF', '127.0.0.1', 1)
  await promote(own)
  await until(
    'it is connected again',
    async () => codeOf(await press(api.url, sale.id, sale.winner)) === 'recovering',
  )
  expect(await codesOf(sale)).toEqual(bothRecovering)
  expect(codeOf(await press(api.url, randomUUIDv7(), newUser()))).toBe('recovering')
  expect(codeOf(await ask(`${api.url}/v1/campaigns/${randomUUIDv7()}`))).toBe('recovering')
  expect((await outcomeOf(api.url, sale.id, sale.winner)).status).toBe(200)
})

test('a cut-off master answers nothing, not even "sold out" or "no such campaign"', async () => {
  const sale = await sellOut()
  await own.control.command('CONFIG', 'SET', 'min-replicas-to-write', 1)
  expect(await codesOf(sale)).toEqual(['unavailable', 'unavailable'])
  expect(codeOf(await press(api.url, randomUUIDv7(), newUser()))).toBe('unavailable')
  await own.control.command('CONFIG', 'SET', 'min-replicas-to-write', 0)
  expect((await press(api.url, sale.id, sale.winner)).status).toBe(200)
  expect((await press(api.url, sale.id, newUser())).body['code']).toBe('sold-out')
})

test('a gate that comes back complete answers as before, and a pause of Redis costs nothing', async () => {
  const sale = await sellOut()
  const backup = `${winnersKey(sale.id, 1)}:backup`
  await own.control.command('RENAME', winnersKey(sale.id, 1), backup)
  expect(await codesOf(sale)).toEqual(bothRecovering)
  await own.control.command('RENAME', backup, winnersKey(sale.id, 1))
  await own.control.command('CLIENT', 'PAUSE', 300)
  expect((await press(api.url, sale.id, sale.winner)).status).toBe(200)
  expect((await press(api.url, sale.id, newUser())).body['code']).toBe('sold-out')
})

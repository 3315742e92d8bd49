import { isDeepStrictEqual } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { gateKey, winnersKey } from '../../coupon/gate/keys.ts'
import { connectDatabase } from '../../platform/mysql/database.ts'
import { everyRoute, type Sold } from '../harness/processes/every-route.ts'
import {
  ask,
  campaignDocument,
  createTestCampaign,
  newUser,
  operatorToken,
  press,
} from '../harness/processes/http-client.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'
import { type OwnRedis, startOwnRedis } from '../harness/servers/own-redis.ts'
import { type OwnServers, startOwnServers } from '../harness/servers/own-servers.ts'
import { openStoredFacts, type StoredCoupon, type StoredFacts } from '../harness/values/stored-facts.ts'
import { until } from '../harness/values/until.ts'

/** Servers of this file alone, and a worker that is paused while nothing must be repaired. */
let servers: OwnServers
let own: OwnRedis
let stored: StoredFacts
let api: Running
let worker: Running

const start = (part: 'api' | 'worker'): Promise<Running> =>
  startPart(
    part,
    { ...servers.environment, REDIS_URL: own.url, SOLD_OUT_MEMORY_MS: '100' },
    { folder: inject('folder'), waitFor: 'ready' },
  )
const still = (): boolean => process.kill(worker.pid, 'SIGSTOP')
const goOn = (): boolean => process.kill(worker.pid, 'SIGCONT')

beforeAll(async () => {
  ;[servers, own] = await Promise.all([startOwnServers('redis-lost'), startOwnRedis('aof')])
  stored = openStoredFacts(servers.environment)
  ;[api, worker] = await Promise.all([start('api'), start('worker')])
})
afterEach(goOn)
afterAll(async () => {
  await Promise.all([api.stop(), worker.stop()])
  await stored.close()
  await Promise.all([own.close(), servers.stop()])
})

/** A campaign with one coupon won and recorded. */
type Sale = Sold & { rows: StoredCoupon[] }
const openSale = async (): Promise<Sale> => {
  const [campaignId, winner] = [await createTestCampaign(api.url), newUser()]
  const won = await press(api.url, campaignId, winner)
  expect(won.status).toBe(201)
  return { campaignId, winner, coupon: won.body, rows: await stored.drained(campaignId, 1) }
}

type Said = Record<string, string>
/** What holds whatever is lost: nobody is granted or refused anything, and what is a row is read. */
const always = {
  'press, without a credential': '401, unauthorized',
  'press, for a slot that no campaign has': '422, invalid',
  'outcome, of the winner': '200, granted, the coupon',
  'coupon, of the winner': '200, usable',
  'coupon that never was': '503, recovering',
  'list, of a stranger': '200, nothing, not complete',
  'list, of the winner': '200, the coupon, not complete',
  "operator's page": '200, recovering, waiting for a keeper',
  // The ledger alone knows it.
  timeline: '200',
}
const gateLost = {
  ...always,
  'press, of a stranger': '503, recovering',
  'press, of the winner': '503, recovering',
  'press, for a campaign that never was': '404, unknown-campaign',
  'outcome, of a stranger': '200, recovering, nothing',
  'public page': '200, recovering',
  'public page of a campaign that never was': '404, unknown-campaign',
  audit: '200, in-flight',
}
const allLost = {
  ...gateLost,
  'press, for a campaign that never was': '503, recovering',
  'public page of a campaign that never was': '503, recovering',
}
const away = {
  ...always,
  'coupon that never was': '503, unavailable',
  'press, of a stranger': '503, unavailable',
  'press, of the winner': '503, unavailable',
  'press, for a campaign that never was': '503, unavailable',
  'outcome, of a stranger': '503, unavailable',
  'public page': '503, unavailable',
  'public page of a campaign that never was': '503, unavailable',
  audit: '503, unavailable',
}
/** What differs at a process that started after the loss: it never read the gate. */
const neverRead = { 'public page': '503, recovering' }

/**
 * Every route comes to say what is expected; meanwhile nobody who presses hears anything but that, or that
 * nothing is known.
 */
const expectEveryRoute = async ({ url }: Running, sale: Sale, expected: Said): Promise<void> => {
  let said: Said = {}
  const meanwhile: string[] = []
  const presses = Object.keys(expected).filter((route) => route.startsWith('press'))
  const isSaid = async (): Promise<boolean> => {
    said = await everyRoute(url, sale)
    meanwhile.push(
      ...presses.filter((route) => said[route] !== expected[route]).map((route) => `${said[route]}`),
    )
    return isDeepStrictEqual(said, expected)
  }
  await until('every route says what is expected', isSaid).catch(() => expect(said).toEqual(expected))
  for (const answer of meanwhile) expect(['503, unavailable', '503, recovering']).toContain(answer)
}
/** The worker goes on: the winner has the same coupon, and others win. */
const expectBack = async ({ campaignId, winner, coupon, rows }: Sale): Promise<void> => {
  expect(await stored.rows(campaignId)).toEqual(rows)
  goOn()
  await until('it is back', async () => {
    const { status, body } = await press(api.url, campaignId, winner)
    return status === 200 && isDeepStrictEqual(body, coupon)
  })
  // Units that came back are held for a moment.
  await until('others win', async () => (await press(api.url, campaignId, newUser())).status < 202)
  expect((await stored.drained(campaignId, 2))[0]).toEqual(rows[0])
}
const redis = (...words: [string, ...(string | number)[]]) => own.control.command(...words)

type Loss = [string, (sale: Sale) => Promise<unknown>, Said, Said?]
const losses: Loss[] = [
  ['crashes and comes back with its data', () => own.restart('kill'), allLost],
  ['is flushed', () => redis('FLUSHALL'), allLost, neverRead],
  [
    'is flushed, and a new campaign writes the list of campaigns anew',
    () => redis('FLUSHALL').then(() => createTestCampaign(api.url)),
    gateLost,
  ],
  ['loses the gate', ({ campaignId }) => redis('DEL', gateKey(campaignId)), gateLost, neverRead],
  [
    'loses the winners',
    ({ campaignId }) => redis('DEL', winnersKey(campaignId, 1)),
    // The parts that are left disagree: that is a fault, and not only a loss.
    { ...gateLost, audit: '200, fail' },
  ],
]

describe('every route answers what it knows, and no coupon is granted or refused', () => {
  test.each(losses)(
    'Redis %s while no worker runs; then a worker restores the gates',
    async (_, lose, expected, ofLater) => {
      const sale = await openSale()
      still()
      await lose(sale)
      await expectEveryRoute(api, sale, expected)
      if (ofLater !== undefined) {
        const later = await start('api')
        try {
          await expectEveryRoute(later, sale, { ...expected, ...ofLater })
        } finally {
          await later.stop()
        }
      }
      await expectBack(sale)
    },
  )

  test('while Redis is down; all goes on when it is back', async () => {
    const sale = await openSale()
    still()
    await own.restart('kill', async () => {
      await expectEveryRoute(api, sale, away)
      const created = await ask(`${api.url}/v1/admin/campaigns`, {
        ...{ method: 'POST', token: operatorToken(), json: campaignDocument() },
      })
      // The ledger has it: it is armed when Redis is back.
      expect([created.status, created.body['code']]).toEqual([503, 'recovering'])
    })
    await expectBack(sale)
  })

  test('while a gate waits for the ledger the worker is not ready, names it, and shows the progress', async () => {
    const sale = await openSale()
    const url = servers.environment['DATABASE_URL'] ?? ''
    const database = connectDatabase({ url, connectionsMax: 1, queryTimeoutMs: 10_000 })
    const recovery = async () => {
      const { body } = await ask(`${api.url}/v1/admin/campaigns/${sale.campaignId}`, {
        token: operatorToken(),
      })
      return `${String(body['state'])}: ${String(body['recovery'])}`
    }
    const readiness = async () => {
      const { status, body } = await ask(`${worker.url}/readyz`)
      return `${status} ${String((body['checks'] as Record<string, string>)['gates'])}`
    }
    await database.transaction(async (connection) => {
      // The ledger is locked from here.
      await connection.read('SELECT next_offset FROM ledger_positions FOR UPDATE')
      await redis('FLUSHALL')
      await until('its operator reads it', async () =>
        /^recovering: waiting for \d+ offsets of the log$/.test(await recovery()),
      )
      expect(await readiness()).toMatch(/^503 arming \d+ campaigns$/)
      return { commit: false, result: undefined }
    })
    await until('the worker is ready', async () => (await readiness()) === '200 ready')
    expect(await recovery()).toBe('open: null')
    await expectBack(sale)
    await database.close()
  })
})

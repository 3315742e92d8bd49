import { randomUUIDv7 } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../api/app.ts'
import { createAuthenticator } from '../../api/authenticator.ts'
import { adminCampaignRoutes } from '../../api/routes/admin-campaigns.ts'
import type { CampaignRepository } from '../../coupon/ledger/campaigns.ts'
import { createHealthRoutes } from '../../platform/http/health.ts'
import { type HttpServer, serveHttp } from '../../platform/http/server.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { type ApiAnswer, ask, campaignDocument } from '../harness/processes/http-client.ts'
import { pausedArming } from '../harness/shop/paused-arming.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'
import { until } from '../harness/values/until.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
const servers: HttpServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close(100)))
  await shop.clear()
})
afterAll(() => shop.close())

/** The operators' routes, with something that happens after the row was written and before the API arms. */
const createWith = async (afterRow: (id: string) => Promise<unknown>): Promise<ApiAnswer> => {
  const book = shop.parts.campaigns
  const campaigns: CampaignRepository = {
    ...book,
    async create(...row) {
      const campaign = await book.create(...row)
      await afterRow(campaign.id)
      return campaign
    },
  }
  const callers = createAuthenticator({
    shoppers: {
      secret: 'a secret of the tests, of 32 bytes or more',
      leewayMs: 0,
      now: Date.now,
    },
    adminToken: 'operator',
  })
  const { arming, registry } = shop
  const app = createApp(
    adminCampaignRoutes({
      campaigns,
      arming,
      registry,
      authenticator: callers,
      addressOf: ({ socket }) => socket.remoteAddress,
      newCampaignId: randomUUIDv7,
      now: Date.now,
    }),
    createHealthRoutes([]),
    createLogger('test', 'silent'),
  )
  const server = await serveHttp(app, {
    ...{ host: '127.0.0.1', port: 0, keepAliveTimeoutMs: 1_000, requestTimeoutMs: 10_000 },
    connectionsMax: 10,
  })
  servers.push(server)
  return ask(`http://127.0.0.1:${server.port}/v1/admin/campaigns`, {
    method: 'POST',
    token: 'operator',
    json: campaignDocument({ stock: 5 }),
  })
}
/** It is 201, and the very next press wins. */
const expectOpen = async ({ status, body }: ApiAnswer): Promise<void> => {
  expect([status, body['state']]).toEqual([201, 'open'])
  const sale = await shop.saleOf(String(body['id']))
  expect((await sale.press()).kind).toBe('granted')
}

describe('a created campaign sells to the very next press', () => {
  test('when no keeper sees it first', async () => {
    await expectOpen(await createWith(async () => {}))
  })

  test('when a keeper sees and arms it first', async () => {
    const answer = await createWith(async (id) => {
      expect((await shop.arming.arm([id], 0)).get(id)).toMatchObject({ kind: 'armed' })
    })
    await expectOpen(answer)
  })

  test.each(['stop', 'flip', 'put'] as const)(
    'when a keeper saw it first and has yet to %s',
    async (step) => {
      const { arming: keeper, ...paused } = pausedArming(shop.parts, step)
      let arming: Promise<unknown> = Promise.resolve()
      const answer = await createWith(async (id) => {
        arming = keeper.arm([id], 0)
        await paused.reached(arming)
        // It goes on once the creation waits for its lease.
        void until('the creation waits', async () => {
          const statements = await shop.ledger.rows('SELECT info FROM information_schema.processlist')
          return statements.some(
            ({ info }) => /GET_LOCK\(.*'fc:arm:/.test(String(info)) && String(info).includes(id),
          )
        }).then(paused.resume)
      })
      await arming
      await expectOpen(answer)
    },
  )

  test('twenty times in a row while keepers look all the time', async () => {
    shop.keep()
    for (let created = 0; created < 20; created += 1) await expectOpen(await createWith(async () => {}))
  })
})

import { randomUUIDv7 } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createCampaignChanger } from '../../coupon/campaigns/change-campaign.ts'
import { gateKey } from '../../coupon/gate/keys.ts'
import { Failure } from '../../platform/failure.ts'
import { openKeeper } from '../harness/shop/open-keeper.ts'
import type { Sale } from '../harness/shop/sale.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterEach(() => shop.clear())
afterAll(() => shop.close())

const settingsOf = ({ id }: Sale): Promise<unknown> =>
  shop.redis.control.command('HMGET', gateKey(id), 'version', 'state')
type ChangerGate = Parameters<typeof createCampaignChanger>[0]['gate']
const pauseWith = ({ id }: Sale, gate: ChangerGate) =>
  createCampaignChanger({
    ...{ campaigns: shop.parts.campaigns, listing: shop.parts.listing, log: shop.parts.log, gate },
    ...{ gateNowMs: Date.now, newChangeId: randomUUIDv7, pauseDeadlineMs: 5_000, openingMarginMs: 0 },
  }).change(id, { kind: 'pause' }, { ifVersion: 1, origin: { by: 'operator', from: '::1', reason: 'why' } })

test('a change that the gate missed is recorded and not yet applied, and the keeper brings it', async () => {
  const sale = await shop.sale({ stock: 3 })
  const silent = {
    ...shop.parts.gate,
    apply: () => Promise.reject(new Failure('unavailable', 'Redis did not answer')),
  }
  expect(await pauseWith(sale, silent)).toMatchObject({
    ...{ kind: 'changed', applied: false },
    campaign: { version: 2, state: 'paused' },
  })
  expect(await settingsOf(sale)).toEqual(['1', 'open'])
  await openKeeper(shop).inspectGates()
  expect(await settingsOf(sale)).toEqual(['2', 'paused'])
})

test('a gate that is being armed comes back with the change', async () => {
  const sale = await shop.sale({ stock: 3 })
  await shop.redis.control.command('DEL', gateKey(sale.id))
  expect(await pauseWith(sale, shop.parts.gate)).toMatchObject({ kind: 'changed', applied: false })
  await shop.arming.arm([sale.id], 5)
  expect(await settingsOf(sale)).toEqual(['2', 'paused'])
})

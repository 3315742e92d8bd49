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
const changeWith = (kind: 'pause' | 'close', { id }: Sale, gate: ChangerGate, gateNowMs = Date.now) =>
  createCampaignChanger({
    ...{ campaigns: shop.parts.campaigns, listing: shop.parts.listing, log: shop.parts.log, gate, gateNowMs },
    ...{ newChangeId: randomUUIDv7, pauseDeadlineMs: 5_000, openingMarginMs: 0 },
  }).change(id, { kind }, { ifVersion: 1, origin: { by: 'operator', from: '::1', reason: 'why' } })

test('a change that the gate missed is recorded and not yet applied, and the keeper brings it', async () => {
  const sale = await shop.sale({ stock: 3 })
  const silent = {
    ...shop.parts.gate,
    apply: () => Promise.reject(new Failure('unavailable', 'Redis did not answer')),
  }
  expect(await changeWith('pause', sale, silent)).toMatchObject({
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
  expect(await changeWith('pause', sale, shop.parts.gate)).toMatchObject({ kind: 'changed', applied: false })
  await shop.arming.arm([sale.id], 5)
  expect(await settingsOf(sale)).toEqual(['2', 'paused'])
})

test('a sale that is closed while the clock is past its end stays closed when the clock comes back', async () => {
  const sale = await shop.sale({ stock: 3 })
  const ahead = (): number => Date.now() + 30 * 86_400_000
  expect(await changeWith('close', sale, shop.parts.gate, ahead)).toMatchObject({
    ...{ kind: 'changed', applied: true },
    campaign: { version: 2, state: 'closed' },
  })
  expect((await sale.answer()).kind).toBe('closed')
})

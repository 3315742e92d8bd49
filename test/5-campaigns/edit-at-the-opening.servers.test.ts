import { randomUUIDv7 } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type CampaignChanger, createCampaignChanger } from '../../coupon/campaigns/change-campaign.ts'
import type { KeeperGate } from '../../coupon/gate/keeper-gate.ts'
import { gateKey } from '../../coupon/gate/keys.ts'
import { openKeeper } from '../harness/shop/open-keeper.ts'
import type { Sale } from '../harness/shop/sale.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'
import { until } from '../harness/values/until.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterEach(() => shop.clear())
afterAll(() => shop.close())

const minuteMs = 60_000

/** An API process that takes every campaign for one that opens in an hour, and reaches this gate. */
const slowChanger = (gate: Partial<KeeperGate> = {}): CampaignChanger =>
  createCampaignChanger({
    ...{ campaigns: shop.parts.campaigns, listing: shop.parts.listing, log: shop.parts.log },
    ...{ gate: { ...shop.parts.gate, ...gate }, openingMarginMs: 0 },
    ...{ newChangeId: randomUUIDv7, pauseDeadlineMs: 60_000 },
    gateNowMs: () => Date.now() - 60 * minuteMs,
  })
const edit = ({ id }: Sale, changer: CampaignChanger) =>
  changer.change(
    id,
    {
      kind: 'edit',
      edit: { name: 'Edited', stock: 2, coupon: { title: 'Less', discount: { kind: 'percent', value: 1 } } },
    },
    { ifVersion: undefined, origin: { by: 'operator', from: '::1', reason: 'why' } },
  )
const pause = ({ id }: Sale, changer: CampaignChanger) =>
  changer.change(
    id,
    { kind: 'pause' },
    { ifVersion: undefined, origin: { by: 'x', from: '::1', reason: 'y' } },
  )
const lost = { apply: () => new Promise<never>((_, reject) => reject(new Error('the process died'))) }
const openSale = (): Promise<Sale> => shop.sale({ stock: 5 })
const rowOf = ({ id }: Sale) => shop.parts.campaigns.read(id)
const actionsOf = async ({ id }: Sale): Promise<string[]> =>
  (await shop.parts.campaigns.changes(id, 9)).map(({ action }) => action)

describe('an edit that the ledger took, and the gate got after the opening', () => {
  test('is taken back where holders would lose by it, and the operator is told', async () => {
    const sale = await openSale()
    await sale.win(3)
    const outcome = await edit(sale, slowChanger())
    expect(outcome).toMatchObject({ kind: 'refused', faults: [{ pointer: '/stock' }] })
    const { coupon } = sale.campaign
    expect(await rowOf(sale)).toMatchObject({ version: 3, name: 'Edited', stock: 5, coupon })
    expect(await shop.parts.gate.settings(sale.id)).toMatchObject({
      version: 3,
      name: 'Edited',
      stock: 5,
      coupon,
    })
    expect(await actionsOf(sale)).toEqual(['taken-back', 'edited', 'created'])
  })

  test('is taken back by the keeper when its process died before', async () => {
    const sale = await openSale()
    const [winner] = await sale.win(1)
    expect(await edit(sale, slowChanger(lost))).toMatchObject({ kind: 'changed', applied: false })
    const keeper = openKeeper(shop)
    await keeper.inspectGates()
    const { coupon } = sale.campaign
    const kept = { version: 3, name: 'Edited', stock: 5, coupon }
    expect([await rowOf(sale), await shop.parts.gate.settings(sale.id)]).toMatchObject([kept, kept])
    await keeper.inspectGates()
    expect(await actionsOf(sale)).toEqual(['taken-back', 'edited', 'created'])
    expect(await sale.answer(winner?.userId)).toMatchObject({
      kind: 'already',
      campaign: { view: { document: { coupon } } },
    })
  })

  test('does not hold up a pause that comes behind it', async () => {
    const sale = await openSale()
    await edit(sale, slowChanger(lost))
    expect(await pause(sale, slowChanger())).toMatchObject({
      ...{ kind: 'changed', applied: true },
      campaign: { state: 'paused', stock: 5 },
    })
    await until('people hear it', async () => (await sale.answer()).kind === 'paused')
  })

  test('does not come by an arming either', async () => {
    const sale = await openSale()
    await sale.win(3)
    await edit(sale, slowChanger(lost))
    // A server that keeps its memory and has another fence, as a replica that was promoted.
    await shop.redis.control.command('HSET', gateKey(sale.id), 'fence', 'f'.repeat(40))
    await shop.arming.arm([sale.id], 10)
    const { coupon } = sale.campaign
    expect(await shop.parts.gate.settings(sale.id)).toMatchObject({ version: 1, stock: 5, coupon, epoch: 2 })
    await openKeeper(shop).inspectGates()
    expect(await rowOf(sale)).toMatchObject({ version: 3, stock: 5, coupon })
  })
})

test('an edit that the gate gets before the opening holds, whenever it opens', async () => {
  const opensAtMs = Date.now() + 60 * minuteMs
  const sale = await shop.sale({ stock: 5, opensAtMs, closesAtMs: opensAtMs + minuteMs })
  expect(await edit(sale, slowChanger())).toMatchObject({ kind: 'changed', applied: true })
  expect(await shop.parts.gate.settings(sale.id)).toMatchObject({ stock: 2, coupon: { title: 'Less' } })
})

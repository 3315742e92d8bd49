import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { campaignsKey, gateKey } from '../../coupon/gate/keys.ts'
import { idBytes } from '../../coupon/ledger/ids.ts'
import { createArming } from '../../coupon/recovery/arming.ts'
import { openKeeper } from '../harness/shop/open-keeper.ts'
import { unleased } from '../harness/shop/paused-arming.ts'
import type { Sale } from '../harness/shop/sale.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'
import { until } from '../harness/values/until.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterEach(() => shop.clear())
afterAll(() => shop.close())

const command = (...words: [string, ...(string | number)[]]): Promise<unknown> =>
  shop.redis.control.command(...words)
const listedVersion = (id: string): Promise<unknown> => command('HGET', campaignsKey, id)
const settingsOf = async ({ id }: Sale): Promise<unknown> =>
  command('HMGET', gateKey(id), 'version', 'state', 'stock')
/** What an operator's change does first: the row of the ledger. */
const changeRow = ({ id }: Sale, version: number, stock: number): Promise<number> =>
  shop.ledger.change(
    'UPDATE campaigns SET version = ?, stock = ?, highest_stock = ?, state = ? WHERE campaign_id = ?',
    [version, stock, stock, 'paused', idBytes(id)],
  )

describe('the list', () => {
  test('an open gate that is not listed is listed by the first look of a keeper', async () => {
    const sales = [
      await shop.sale({ stock: 3 }),
      await shop.sale({ stock: 3 }),
      await shop.sale({ stock: 3 }),
    ]
    await command('HDEL', campaignsKey, ...sales.map(({ id }) => id))
    await openKeeper(shop).inspectGates()
    for (const { id } of sales) expect(await listedVersion(id)).toBe('1')
    expect(await Promise.all(sales.map(({ id }) => shop.registry.find(id)))).toMatchObject(
      sales.map(() => ({ kind: 'live' })),
    )
  })

  test('a gate is listed with its flip: a process that dies amid many armings leaves none unlisted', async () => {
    // A complete list, so that the first flip does not write all of it.
    await shop.sale({ stock: 1 })
    const ids: string[] = []
    for (let count = 0; count < 5; count += 1) ids.push((await shop.ledger.createCampaign({ stock: 2 })).id)
    let flips = 0
    const { armingGate } = shop.parts
    const dying = createArming({
      ...unleased(shop.parts),
      armingGate: {
        ...armingGate,
        flip(...args) {
          flips += 1
          return flips <= 3 ? armingGate.flip(...args) : new Promise(() => {})
        },
      },
    })
    void dying.arm(ids, 0)
    const gates = (): Promise<[boolean, unknown][]> =>
      Promise.all(
        ids.map(async (id) => [
          (await command('HGET', gateKey(id), 'state')) === 'open',
          await listedVersion(id),
        ]),
      )
    // Several gates are flipped at once: which three are the first is not said.
    const listed = await until('three flips are listed', async () => {
      const found = await gates()
      return found.filter(([isOpen, version]) => isOpen && version === '1').length === 3 && found
    })
    expect(listed.filter(([isOpen, version]) => !isOpen && version === null)).toHaveLength(2)
    await shop.arming.arm(ids, 10)
    for (const id of ids) expect(await listedVersion(id)).toBe('1')
  })
})

describe('the keeper brings all three to the highest version', () => {
  test('a ledger ahead of its gate: the gate and the list take its settings', async () => {
    const sale = await shop.sale({ stock: 3 })
    await changeRow(sale, 4, 9)
    await openKeeper(shop).inspectGates()
    expect(await settingsOf(sale)).toEqual(['4', 'paused', '9'])
    expect(await listedVersion(sale.id)).toBe('4')
    await until('people hear it', async () => (await sale.answer()).kind === 'paused')
    expect(await sale.epoch()).toBe(1)
  })

  test('a gate ahead of its ledger: the ledger went back in time, and takes its settings', async () => {
    const sale = await shop.sale({ stock: 3 })
    await changeRow(sale, 4, 9)
    const keeper = openKeeper(shop)
    await keeper.inspectGates()
    await shop.ledger.change(
      "UPDATE campaigns SET version = 1, stock = 3, highest_stock = 3, state = 'open' WHERE campaign_id = ?",
      [idBytes(sale.id)],
    )
    await keeper.inspectGates()
    expect(await settingsOf(sale)).toEqual(['4', 'paused', '9'])
    const [row] = await shop.ledger.rows('SELECT * FROM campaigns WHERE campaign_id = ?', [idBytes(sale.id)])
    expect(row).toMatchObject({ version: 4, stock: 9, highest_stock: 9, state: 'paused' })
    expect(
      await shop.ledger.rows('SELECT action FROM campaign_changes WHERE campaign_id = ? ORDER BY version', [
        idBytes(sale.id),
      ]),
    ).toEqual([{ action: 'created' }, { action: 'adopted' }])
  })
})

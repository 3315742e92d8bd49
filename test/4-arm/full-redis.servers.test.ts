import { afterAll, beforeAll, expect, test } from 'vitest'
import { openShop, type Shop } from '../harness/shop/shop.ts'
import { until } from '../harness/values/until.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop({ persistence: 'nothing' })
})
afterAll(() => shop.close())

test('on a full Redis no gate is armed, which the keeper says, and it is armed once there is room', async () => {
  const sale = await shop.sale({ stock: 4 })
  const [winner] = await sale.win(1)
  await shop.redis.control.command('FLUSHALL')
  await shop.redis.control.command('CONFIG', 'SET', 'maxmemory', 1)
  expect((await shop.arming.arm([sale.id], 0)).get(sale.id)).toEqual({
    kind: 'lost',
    what: expect.stringContaining('Redis is full'),
  })
  expect(await sale.epoch()).toBe(1)
  await shop.redis.control.command('CONFIG', 'SET', 'maxmemory', 0)
  shop.keep()
  expect(await sale.answer(winner?.userId)).toMatchObject({ kind: 'already', grant: { rank: 1 } })
  await until('all units are sold', async () => (await sale.answer()).kind === 'sold-out')
  expect(await sale.epoch()).toBe(2)
})

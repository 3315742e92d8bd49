import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type OwnRedis, startOwnRedis } from '../../test/harness/servers/own-redis.ts'
import { openArming } from '../../test/harness/shop/open-arming.ts'
import { pausedArming } from '../../test/harness/shop/paused-arming.ts'
import type { Sale } from '../../test/harness/shop/sale.ts'
import { openShop, type Shop } from '../../test/harness/shop/shop.ts'
import { storedOf } from '../../test/harness/values/grants.ts'
import { until } from '../../test/harness/values/until.ts'
import type { Arming } from '../recovery/arming.ts'

let shop: Shop
let other: OwnRedis
let otherArming: Arming
beforeAll(async () => {
  shop = await openShop()
})
beforeAll(async () => {
  other = await startOwnRedis()
  const { ledger, producer } = shop
  otherArming = openArming({
    redis: other.redis,
    database: ledger.database,
    producer,
    redisConnection: { url: other.url },
  })
})
afterEach(async () => {
  await shop.ledger.change('DELETE FROM redis_servers')
  await other.control.command('FLUSHALL')
  await shop.clear()
})
afterAll(async () => {
  await other.close()
  await shop.close()
})

const moved = async (sale: Sale): Promise<void> => {
  expect((await otherArming.arm([sale.id], 0)).get(sale.id)).toMatchObject({ kind: 'armed' })
}

describe('gates are moved to another Redis', () => {
  test('the gate on the noted Redis is stopped first, and what its outbox holds is won', async () => {
    const sale = await shop.sale({ stock: 9 })
    const told = await sale.win(2)
    const pending = await sale.decideAlone(2)
    await moved(sale)
    await expect(sale.press()).rejects.toMatchObject({ code: 'recovering' })
    const rows = await until('all are rows', async () => {
      const stored = await storedOf(shop.ledger, sale)
      return stored.length === 4 && stored
    })
    const ids = rows.map(({ couponId }) => couponId)
    expect(ids).toEqual(expect.arrayContaining([...told, ...pending].map(({ couponId }) => couponId)))
    expect(await sale.epoch()).toBe(2)
  })

  test('a Redis that is left no longer calls a list of coupons complete', async () => {
    const sale = await shop.sale({ stock: 9 })
    await shop.settle()
    expect((await shop.unrecorded.look()).isComplete).toBe(true)
    await moved(sale)
    await shop.settle()
    expect((await shop.unrecorded.look()).isComplete).toBe(false)
  })

  test('a Redis that was left is not armed again, and says what an operator can do', async () => {
    const sale = await shop.sale({ stock: 9 })
    await moved(sale)
    expect((await shop.arming.arm([sale.id], 0)).get(sale.id)).toMatchObject({
      kind: 'lost',
      what: expect.stringMatching(/^gates were moved away from this Redis .*npm run redis -- adopt/),
    })
    expect(await sale.epoch()).toBe(2)
  })

  test('an arming that was under way on the noted Redis ends nothing and opens nothing there', async () => {
    const sale = await shop.sale({ stock: 9 })
    const told = await sale.win(3)
    await shop.redis.control.command('FLUSHALL')
    const { arming, reached, resume } = pausedArming(shop.parts, 'cut')
    const late = arming.arm([sale.id], 0)
    await reached(late)
    await shop.ledger.change(
      `INSERT INTO redis_servers (fence, address, endpoint, state, noted_at_ms)
       VALUES ('another', 'elsewhere:6379', '127.0.0.2:6379', 'current', 1)`,
    )
    await shop.ledger.change("UPDATE redis_servers SET state = 'leaving' WHERE fence <> 'another'")
    resume()
    expect((await late).get(sale.id)).toMatchObject({ kind: 'lost' })
    expect(await sale.epoch()).toBe(1)
    await expect(sale.press()).rejects.toMatchObject({ code: 'recovering' })
    expect(await storedOf(shop.ledger, sale)).toHaveLength(told.length)
  })

  test('one that does not answer at another address is waited for', async () => {
    const sale = await shop.sale({ stock: 9 })
    await shop.ledger.change(
      "UPDATE redis_servers SET address = 'gone:6379', endpoint = '127.0.0.1:1', fence = 'gone'",
    )
    expect((await otherArming.arm([sale.id], 0)).get(sale.id)).toMatchObject({
      kind: 'lost',
      what: expect.stringMatching(/gone:6379.*does not answer.*adopt/),
    })
  })

  test('a restart at the same address needs no operator', async () => {
    const sale = await shop.sale({ stock: 9 })
    const told = await sale.win(1)
    await shop.redis.restart('kill')
    await shop.redis.connected()
    const outcome = await until('it is armed', async () => {
      const found = (await shop.arming.arm([sale.id], 0)).get(sale.id)
      return found?.kind === 'armed' && found
    })
    expect(outcome).toMatchObject({ epoch: 2 })
    expect(await sale.answer(told[0]?.userId)).toMatchObject({ kind: 'already' })
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gateKey } from '../../coupon/gate/keys.ts'
import { infoOf } from '../harness/servers/own-redis.ts'
import { openRetirements, type Retirements } from '../harness/shop/open-retirements.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'

let shop: Shop
let retirements: Retirements
beforeAll(async () => {
  shop = await openShop()
  retirements = openRetirements(shop)
})
afterAll(async () => {
  await retirements.close()
  await shop.close()
})

describe('a full Redis', () => {
  test('answers winners, retires a closed campaign, and sells again with the memory that this frees', async () => {
    const over = await retirements.closedSale()
    // As large as a million winners would make it. In parts: a large command is memory of its client as well,
    // which Redis frees at some later moment.
    const part = 'x'.repeat(1_000_000)
    for (let number = 0; number < 20; number += 1)
      await shop.redis.control.command('HSET', gateKey(over.id), `ballast-${number}`, part)
    const live = await shop.sale({ stock: 5 })
    const [winner] = await live.win(1)
    const used = Number(await infoOf(shop.redis, 'used_memory'))
    await shop.redis.control.command('CONFIG', 'SET', 'maxmemory', used - 5_000_000)
    await expect(live.press()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Redis is full'),
    })
    expect(await live.press(winner?.userId)).toMatchObject({ kind: 'already', grant: winner })
    expect(await live.outcome(winner?.userId ?? '')).toMatchObject({ kind: 'granted' })
    expect(await retirements.stepThrough()).toEqual([{ campaignId: over.id, kind: 'retired' }])
    expect((await live.answer()).kind).toBe('granted')
    await shop.redis.control.command('CONFIG', 'SET', 'maxmemory', 0)
  })
})

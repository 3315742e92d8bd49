import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Grant } from '../../coupon/grant.ts'
import { drained } from '../harness/shop/drained.ts'
import { expectWhole } from '../harness/shop/expect-whole.ts'
import type { Sale } from '../harness/shop/sale.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'

let shop: Shop
/** As the API counts them. */
let partitions: number
beforeAll(async () => {
  shop = await openShop({ publishDeadlineMs: 10_000, apiPartitions: async () => partitions })
})
afterEach(() => shop.clear())
afterAll(() => shop.close())

/** One after the other: each is in the next partition. */
const winInTurn = async (sale: Sale, count: number): Promise<Grant[]> => {
  const told: Grant[] = []
  while (told.length < count) told.push(...(await sale.win(1)))
  return told
}
const expectNothingLost = async (sale: Sale, told: readonly Grant[]): Promise<void> => {
  await shop.redis.control.command('FLUSHALL')
  shop.keep()
  await expectWhole(shop, sale, told)
  await drained(shop)
  expect(shop.recorder.letters).toEqual([])
}

test('partitions are added, and Redis is lost before the ledger has them: nothing is lost', async () => {
  partitions = 3
  const sale = await shop.sale({ stock: 20 })
  const told = await winInTurn(sale, 4)
  await shop.topic.growTo(6)
  partitions = 6
  told.push(...(await winInTurn(sale, 7)))
  const ends = await shop.topic.offsets()
  expect(ends.map(({ end }) => end > 0)).toEqual(Array(6).fill(true))
  await expectNothingLost(sale, told)
})

test('an API process that still counts fewer partitions loses nothing', async () => {
  await shop.topic.growTo(9)
  partitions = 6
  const sale = await shop.sale({ stock: 20 })
  await expectNothingLost(sale, await winInTurn(sale, 7))
})

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { outboxKey, winnersKey } from '../../coupon/gate/keys.ts'
import type { Grant } from '../../coupon/grant.ts'
import { idBytes } from '../../coupon/ledger/ids.ts'
import { drained } from '../harness/shop/drained.ts'
import { expectWhole } from '../harness/shop/expect-whole.ts'
import type { Sale } from '../harness/shop/sale.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'
import { until } from '../harness/values/until.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop({ persistence: 'aof', publishDeadlineMs: 10_000 })
})
afterEach(() => shop.clear())
afterAll(() => shop.close())

/** A sale whose gate has epoch 2, while its ledger fails over to a state of epoch 1. */
const sellAndGoBack = async (): Promise<{ sale: Sale; told: Grant[]; pending: Grant[] }> => {
  const sale = await shop.sale({ stock: 12 })
  const told = await sale.win(3)
  await drained(shop)
  const id = idBytes(sale.id)
  const older = await shop.ledger.rows('SELECT partition_id, next_offset FROM ledger_positions')
  await shop.redis.control.command('FLUSHALL')
  shop.keep()
  await until('it is armed again', async () => (await sale.epoch()) === 2)
  told.push(...(await sale.win(3)))
  await shop.rest()
  await drained(shop)
  const pending = await sale.decideAlone(1)
  await shop.ledger.database.transaction(async (connection) => {
    await connection.change('DELETE FROM coupons WHERE campaign_id = ? AND epoch > 1', [id])
    await connection.change('DELETE FROM campaign_cuts WHERE campaign_id = ? AND epoch > 0', [id])
    await connection.change('UPDATE campaigns SET epoch = 1 WHERE campaign_id = ?', [id])
    for (const { partition_id, next_offset } of older)
      await connection.change('UPDATE ledger_positions SET next_offset = ? WHERE partition_id = ?', [
        next_offset,
        partition_id,
      ])
    return { commit: true, result: undefined }
  })
  return { sale, told, pending }
}
/** It was armed above both, with a cut for every epoch in between, and without a key of any of them. */
const expectArmedAbove = async ({ id, epoch }: Sale): Promise<void> => {
  expect(await epoch()).toBe(3)
  const cuts = await shop.ledger.rows(
    'SELECT DISTINCT epoch FROM campaign_cuts WHERE campaign_id = ? AND epoch > 0 ORDER BY epoch',
    [idBytes(id)],
  )
  expect(cuts.map((cut) => Number(cut['epoch']))).toEqual([1, 2])
  const keys = [1, 2].flatMap((ended) => [winnersKey(id, ended), outboxKey(id, ended)])
  expect(await shop.redis.control.command('EXISTS', ...keys)).toBe(0)
}

test('a ledger that went back, and Redis restarted with its file: nothing is lost', async () => {
  const { sale, told, pending } = await sellAndGoBack()
  await shop.redis.restart('kill')
  shop.keep()
  await expectWhole(shop, sale, [...told, ...pending])
  await expectArmedAbove(sale)
})

test('a ledger that went back under a gate in order: the keeper arms it above both', async () => {
  const { sale, told, pending } = await sellAndGoBack()
  shop.keep()
  await until('it is armed above both', async () => (await sale.epoch()) === 3)
  await expectWhole(shop, sale, [...told, ...pending])
  await expectArmedAbove(sale)
})

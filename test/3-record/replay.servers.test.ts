import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createRegistry } from '../../coupon/campaigns/registry.ts'
import type { Grant } from '../../coupon/grant.ts'
import { drained } from '../harness/shop/drained.ts'
import { expectWhole } from '../harness/shop/expect-whole.ts'
import type { Sale } from '../harness/shop/sale.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'
import { storedOf } from '../harness/values/grants.ts'
import { until } from '../harness/values/until.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop({ publishDeadlineMs: 10_000 })
})
afterEach(() => shop.clear())
afterAll(() => shop.close())

const rowsOnce = (sale: Sale, count: number): Promise<Grant[]> =>
  until(`${count} rows`, async () => {
    const rows = await storedOf(shop.ledger, sale)
    return rows.length === count && rows
  })
const lose = async (sale: Sale): Promise<void> => {
  const before = await sale.epoch()
  await shop.redis.control.command('FLUSHALL')
  await until('it was armed again', async () => (await sale.epoch()) > before)
}

/**
 * Three epochs of a campaign, with every grant of the first two once more beyond the cuts, in each partition.
 */
const openSale = async (): Promise<{ sale: Sale; told: Grant[] }> => {
  const sale = await shop.sale({ stock: 30 })
  shop.keep()
  const told = await sale.win(8)
  await lose(sale)
  told.push(...(await sale.win(7)))
  await lose(sale)
  told.push(...(await sale.win(3)))
  for (const partition of [0, 1, 2]) await shop.append(told, partition)
  await drained(shop)
  expect(shop.recorder.letters).toEqual([])
  return { sale, told }
}

describe('the log is replayed', () => {
  test('a replay into an empty ledger gives the same rows, and calls no grant late for its double', async () => {
    const { sale } = await openSale()
    const rows = await rowsOnce(sale, 18)
    await shop.ledger.database.transaction(async (connection) => {
      await connection.change('DELETE FROM coupons')
      await connection.change('DELETE FROM ledger_positions')
      return { commit: true, result: undefined }
    })
    expect(await rowsOnce(sale, 18)).toEqual(rows)
    await drained(shop)
    expect(await storedOf(shop.ledger, sale)).toEqual(rows)
    expect(shop.recorder.letters).toEqual([])
  })

  test('Redis lost amid a replay waits for the ledger, and everybody keeps the same coupon', async () => {
    const { sale, told } = await openSale()
    shop.recorder.hold()
    await shop.ledger.database.transaction(async (connection) => {
      await connection.change('DELETE FROM coupons')
      await connection.change('UPDATE ledger_positions SET next_offset = 0')
      return { commit: true, result: undefined }
    })
    const before = await sale.epoch()
    await shop.redis.control.command('FLUSHALL')
    await until('the keeper tells how far it is', async () => {
      const words = await shop.redis.control.command('HGET', `fc:{${sale.id}}:gate`, 'progress')
      return String(words).startsWith('waiting for ')
    })
    await expect(sale.press(told[0]?.userId)).rejects.toMatchObject({ code: 'recovering' })
    // Every process answers so, also one that never saw the gate.
    const progress = expect.stringMatching(/^waiting for \d+ offsets of the log$/)
    expect(await shop.registry.refresh(sale.id, 0)).toMatchObject({
      campaign: { view: { armed: false, progress } },
    })
    const { log, monotonicMs } = shop.parts
    const later = createRegistry({
      ...{ redis: shop.redis.redis, gate: shop.gate, log, intervalMs: 50, monotonicMs, now: Date.now },
    })
    // The list was lost too, and the keeper writes it after it has begun to arm.
    const found = await until('the campaign is listed', async () => {
      const answer = await later.find(sale.id)
      return 'progress' in answer && answer
    })
    expect(found).toEqual({ kind: 'recovering', progress })
    expect(await sale.epoch()).toBe(before)
    shop.recorder.release()
    await expectWhole(shop, sale, told)
    expect(shop.recorder.letters).toEqual([])
  })

  test('a ledger 50,000 grants behind when Redis is lost: the gate waits, and every coupon is kept', async () => {
    const sale = await shop.sale({ stock: 50_010 })
    shop.recorder.hold()
    const told: Grant[] = []
    while (told.length < 50_000) told.push(...(await sale.win(2_000)))
    expect(await storedOf(shop.ledger, sale)).toEqual([])
    await shop.redis.control.command('FLUSHALL')
    shop.keep()
    await until('the gate was stopped', async () => {
      const words = await shop.redis.control.command('HGET', `fc:{${sale.id}}:gate`, 'progress')
      return /^waiting for 5\d{4} offsets/.test(String(words))
    })
    shop.recorder.release()
    // Reading 50,000 rows at every look would keep the recorder waiting.
    await drained(shop)
    const rows = await storedOf(shop.ledger, sale)
    expect(rows.map(({ couponId }) => couponId).sort()).toEqual(told.map(({ couponId }) => couponId).sort())
    for (const one of [told[0], told[24_999], told[49_999]])
      expect(await sale.answer(one?.userId)).toMatchObject({
        kind: 'already',
        grant: { couponId: one?.couponId, rank: one?.rank },
      })
    expect((await sale.win(10)).map(({ rank }) => rank).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 10 }, (_, index) => 50_001 + index),
    )
    expect(await sale.answer()).toEqual({ kind: 'sold-out' })
  })
})

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { campaignsKey, freeKey, gateKey, outboxKey, winnersKey } from '../../coupon/gate/keys.ts'
import type { Grant } from '../../coupon/grant.ts'
import { expectWhole } from '../harness/shop/expect-whole.ts'
import type { Sale } from '../harness/shop/sale.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'
import { pairsOf } from '../harness/values/armed-gate.ts'
import { until } from '../harness/values/until.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterEach(() => shop.clear())
afterAll(() => shop.close())

const redis = (...words: [string, ...(string | number)[]]) => shop.redis.control.command(...words)
const gateEpoch = async ({ id }: Sale): Promise<number> => Number(await redis('HGET', gateKey(id), 'epoch'))

/**
 * A sale of 12 whose four keys all hold something: in epoch 2, with winners, one of them waiting, and a free
 * rank.
 */
const openSale = async (): Promise<{ sale: Sale; told: Grant[]; waiting: Grant }> => {
  const sale = await shop.sale({ stock: 12 })
  const told = await sale.win(3)
  await sale.decideAlone(2)
  told.push(...(await sale.win(1)))
  await redis('FLUSHALL')
  shop.keep()
  await until('it is of epoch 2', async () => (await gateEpoch(sale)) === 2)
  await shop.rest()
  await until('its units are no longer held', async () => {
    const heldUntilMs = Number(await redis('HGET', gateKey(sale.id), 'grantableFromMs'))
    const [seconds = 0, microseconds = 0] = ((await redis('TIME')) as string[]).map(Number)
    return seconds * 1_000 + microseconds / 1_000 > heldUntilMs
  })
  const [waiting] = await sale.decideAlone(1)
  if (waiting === undefined) throw new Error('nobody waits')
  // Ranks 4 and 5 had no durable record.
  expect([told.map(({ rank }) => rank), waiting.rank]).toEqual([[1, 2, 3, 6], 4])
  expect(await redis('EXISTS', ...keysOf(sale))).toBe(5)
  return { sale, told, waiting }
}
const keysOf = ({ id }: Sale): string[] => [
  campaignsKey,
  gateKey(id),
  winnersKey(id, 2),
  outboxKey(id, 2),
  freeKey(id, 2),
]
const fieldOf = ({ slot, userId }: Grant): string => `${slot}:${userId}`

type Loss = [string, (sale: Sale, told: Grant) => Promise<unknown>]
const losses: Loss[] = [
  ['the gate is deleted', ({ id }) => redis('DEL', gateKey(id))],
  ['the winners are deleted', ({ id }) => redis('DEL', winnersKey(id, 2))],
  ['the free ranks are deleted', ({ id }) => redis('DEL', freeKey(id, 2))],
  ['a winner is deleted by hand', ({ id }, one) => redis('HDEL', winnersKey(id, 2), fieldOf(one))],
  [
    'a winner is added by hand',
    ({ id }, { couponId }) => redis('HSET', winnersKey(id, 2), '1:intruder', `${couponId}|9|1|0`),
  ],
  ['a field of the gate is deleted', ({ id }) => redis('HDEL', gateKey(id), 'entriesDeleted')],
  ['the count of grants is set back', ({ id }) => redis('HINCRBY', gateKey(id), 'granted', -1)],
]

describe('a part of a gate is lost', () => {
  test.each(losses)(
    'after %s the gate is armed, and no win is lost, pending ones included',
    async (_, lose) => {
      const { sale, told, waiting } = await openSale()
      const [first] = told
      if (first === undefined) throw new Error('nobody won')
      await lose(sale, first)
      shop.keep()
      await expectWhole(shop, sale, [...told, waiting])
      expect(await gateEpoch(sale)).toBe(3)
      expect(shop.recorder.letters).toEqual([])
    },
  )

  test('after the outbox is deleted pending users have nothing: the unit had no durable record', async () => {
    const { sale, told, waiting } = await openSale()
    await redis('DEL', outboxKey(sale.id, 2))
    shop.keep()
    await until('it is of epoch 3', async () => (await gateEpoch(sale)) === 3)
    expect(await sale.outcome(waiting.userId)).toEqual({ kind: 'none' })
    const rows = await expectWhole(shop, sale, told)
    expect(rows.map(({ couponId }) => couponId)).not.toContain(waiting.couponId)
  })

  test.each([
    ['is deleted', () => redis('DEL', campaignsKey)],
    ['loses its marker', () => redis('HDEL', campaignsKey, 'marker')],
  ])('a list of campaigns that %s is written whole again, and no gate is armed for it', async (_, lose) => {
    const { sale, told, waiting } = await openSale()
    const { revision, ...before } = pairsOf(await redis('HGETALL', campaignsKey))
    expect(revision).toBeDefined()
    await lose()
    shop.keep()
    await until('it is whole', async () => {
      const now = pairsOf(await redis('HGETALL', campaignsKey))
      return Object.keys(before).every((name) => now[name] === before[name])
    })
    expect(await gateEpoch(sale)).toBe(2)
    expect((await sale.press(waiting.userId)).kind).toBe('confirming')
    expect((await sale.press(told[0]?.userId)).kind).toBe('already')
  })
})

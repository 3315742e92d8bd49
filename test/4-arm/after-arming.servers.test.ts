import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { freeKey, gateKey } from '../../coupon/gate/keys.ts'
import type { Grant } from '../../coupon/grant.ts'
import { expectWhole } from '../harness/shop/expect-whole.ts'
import type { Sale } from '../harness/shop/sale.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'
import { grantRequest, grantRequests } from '../harness/values/armed-gate.ts'
import { storedOf } from '../harness/values/grants.ts'
import { until } from '../harness/values/until.ts'

const hourMs = 3_600_000
let shop: Shop
beforeAll(async () => {
  shop = await openShop({ soldOutMemoryMs: hourMs })
})
afterEach(() => shop.clear())
afterAll(() => shop.close())

const redis = (...words: [string, ...(string | number)[]]) => shop.redis.control.command(...words)
const loseAndArm = async (sale: Sale): Promise<unknown> => {
  await redis('FLUSHALL')
  return (await shop.arming.arm([sale.id], 0)).get(sale.id)
}
/** As if every process had forgotten "sold out" by now. */
const endHold = (sale: Sale) => redis('HSET', gateKey(sale.id), 'grantableFromMs', 0)
const decide = async ({ id }: Sale, epoch: number, count: number) => {
  const decided = await shop.gate.decide(id, epoch, grantRequests(count))
  return decided.kind === 'decided' ? decided.decisions : decided
}
const kinds = async (sale: Sale, epoch: number, count: number): Promise<string[]> => {
  const decisions = await decide(sale, epoch, count)
  return Array.isArray(decisions) ? decisions.map(({ kind }) => kind) : [decisions.kind]
}

/** Sold out to 10: ranks 3, 4, 7 and 9 had no durable record. */
const openSale = async (): Promise<{ sale: Sale; told: Grant[]; lost: Grant[] }> => {
  const sale = await shop.sale({ stock: 10 })
  const told = await sale.win(2)
  const lost = await sale.decideAlone(2)
  told.push(...(await sale.win(2)))
  lost.push(...(await sale.decideAlone(1)))
  told.push(...(await sale.win(1)))
  lost.push(...(await sale.decideAlone(1)))
  told.push(...(await sale.win(1)))
  expect(await sale.press()).toEqual({ kind: 'sold-out' })
  await until('they are rows', async () => (await storedOf(shop.ledger, sale)).length === told.length)
  expect(lost.map(({ rank }) => rank)).toEqual([3, 4, 7, 9])
  return { sale, told, lost }
}

describe('after an arming', () => {
  test('sold out reopens by exactly the units without a durable record; their ranks are reused, lowest first', async () => {
    const { sale, told, lost } = await openSale()
    expect(await loseAndArm(sale)).toEqual({ kind: 'armed', epoch: 2, returned: lost.length })
    expect(await redis('LRANGE', freeKey(sale.id, 2), 0, -1)).toEqual(['3', '4', '7', '9'])
    await endHold(sale)
    const decisions = await decide(sale, 2, 6)
    expect(decisions).toMatchObject([
      ...[3, 4, 7, 9].map((rank) => ({ kind: 'granted', grant: { rank, epoch: 2 } })),
      { kind: 'sold-out' },
      { kind: 'sold-out' },
    ])
    for (const { userId, couponId, rank } of told)
      expect(await sale.press(userId)).toMatchObject({ kind: 'already', grant: { couponId, rank } })
  })

  test('an outcome of none is true: that user has no coupon, now or after the log is drained', async () => {
    const { sale, told, lost } = await openSale()
    await loseAndArm(sale)
    for (const { userId } of lost) expect(await sale.outcome(userId)).toEqual({ kind: 'none' })
    for (const { userId } of told) expect(await sale.outcome(userId)).toMatchObject({ kind: 'granted' })
    await endHold(sale)
    const rows = await expectWhole(shop, sale, told)
    const users = rows.map(({ userId }) => userId)
    for (const { userId } of lost) expect(users).not.toContain(userId)
    expect(shop.recorder.letters).toEqual([])
  })

  test('units that came back are held: newcomers get recovering, winners their coupon', async () => {
    const { sale, told } = await openSale()
    await loseAndArm(sale)
    const [seconds = 0] = ((await redis('TIME')) as string[]).map(Number)
    const heldUntilMs = Number(await redis('HGET', gateKey(sale.id), 'grantableFromMs'))
    expect(Math.abs(heldUntilMs - seconds * 1_000 - hourMs)).toBeLessThan(5_000)
    expect(await kinds(sale, 2, 2)).toEqual(['held', 'held'])
    await expect(sale.press()).rejects.toMatchObject({ code: 'recovering' })
    expect((await sale.press(told[0]?.userId)).kind).toBe('already')
    await endHold(sale)
    expect(await kinds(sale, 2, 2)).toEqual(['granted', 'granted'])
  })

  test('a campaign without returned units stays sold out, without a hold, and since the same moment', async () => {
    const sale = await shop.sale({ stock: 3 })
    const told = await sale.win(3)
    await until('they are rows', async () => (await storedOf(shop.ledger, sale)).length === 3)
    const before = await shop.gate.view(sale.id, 1)
    expect(await loseAndArm(sale)).toEqual({ kind: 'armed', epoch: 2, returned: 0 })
    expect(await kinds(sale, 2, 2)).toEqual(['sold-out', 'sold-out'])
    const lastGrantAtMs = Math.max(...told.map(({ grantedAtMs }) => grantedAtMs))
    for (const view of [before, await shop.gate.view(sale.id, 2)])
      expect(view).toMatchObject({ lastGrantAtMs })
    await expectWhole(shop, sale, told)
  })

  test('a pending grant that survived in the outbox wins, with the same coupon', async () => {
    const sale = await shop.sale({ stock: 5 })
    const told = await sale.win(1)
    const waiting = await sale.decideAlone(2)
    await redis('HDEL', gateKey(sale.id), 'stock')
    expect((await shop.arming.arm([sale.id], 0)).get(sale.id)).toMatchObject({ kind: 'armed', epoch: 2 })
    for (const { userId, couponId } of waiting)
      expect(await sale.press(userId)).toMatchObject({ kind: 'already', grant: { couponId } })
    await endHold(sale)
    await expectWhole(shop, sale, [...told, ...waiting])
  })

  test('a process that still knows the old epoch is granted nothing in it', async () => {
    const sale = await shop.sale({ stock: 5 })
    await loseAndArm(sale)
    await endHold(sale)
    expect(await shop.gate.decide(sale.id, 1, [grantRequest()])).toEqual({ kind: 'epoch', epoch: 2 })
    expect((await sale.press()).kind).toBe('granted')
  })

  test('slots of one user stay apart through a re-arming', async () => {
    const sale = await shop.sale({ stock: 4, perUserLimit: 3 })
    const userId = 'collector'
    const before = [await sale.answer(userId, 1), await sale.answer(userId, 3)]
    await loseAndArm(sale)
    await endHold(sale)
    for (const [at, slot] of [1, 3].entries())
      expect(await sale.answer(userId, slot)).toMatchObject({
        kind: 'already',
        grant: {
          couponId: before[at] !== undefined && 'grant' in before[at] && before[at].grant.couponId,
          slot,
        },
      })
    expect(await sale.answer(userId, 2)).toMatchObject({ kind: 'granted', grant: { slot: 2, rank: 3 } })
  })
})

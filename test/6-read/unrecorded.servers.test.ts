import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { unrecordedKey } from '../../coupon/gate/keys.ts'
import type { Grant } from '../../coupon/grant.ts'
import { createSettling } from '../../coupon/recovery/settling.ts'
import { infoOf } from '../harness/servers/own-redis.ts'
import { drained } from '../harness/shop/drained.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'
import { until } from '../harness/values/until.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop({ publishDeadlineMs: 10_000 })
})
afterEach(() => {
  shop.recorder.release()
  shop.topic.proxy.release()
  return shop.clear()
})
afterAll(() => shop.close())

const noted = async (): Promise<string[]> => [...(await shop.unrecorded.look()).notes.keys()].sort()
const listOf = (userId: string) =>
  shop.coupons.list(userId, { state: 'usable', beforeId: undefined, limit: 10, waitedMs: 0 })
const winOne = async (sale: { win(count: number): Promise<Grant[]> }): Promise<Grant> => {
  const [won] = await sale.win(1)
  if (won === undefined) throw new Error('nobody won')
  return won
}

/** A step that waits for a ledger that records nothing, until `release`. */
const startStep = async (): Promise<{ release(): Promise<void> }> => {
  const ends = async () => (await shop.topic.offsets()).reduce((sum, { end }) => sum + end, 0)
  const before = await ends()
  const step = shop.settle()
  await until('the log is marked', async () => (await ends()) >= before + 3)
  return {
    release() {
      shop.recorder.release()
      return step
    },
  }
}

describe('a note of unrecorded grants', () => {
  test('is there before the winner is told, and is taken out once the ledger has the grant', async () => {
    const [sale, quiet] = [await shop.sale({ stock: 3 }), await shop.sale({ stock: 3 })]
    await shop.settle()
    expect(await noted()).toEqual([])
    shop.recorder.hold()
    const won = await winOne(sale)
    expect(await noted()).toEqual([sale.id])
    const step = await startStep()
    for (let look = 0; look < 20; look += 1) expect(await noted()).toEqual([sale.id])
    await step.release()
    expect(await noted()).toEqual([])
    expect(await listOf(won.userId)).toMatchObject({ coupons: [{ grant: won }], complete: true })
    expect(await quiet.outcome(won.userId)).toEqual({ kind: 'none' })
  })

  test('stays when the campaign granted another coupon meanwhile', async () => {
    const sale = await shop.sale({ stock: 3 })
    await shop.settle()
    shop.recorder.hold()
    await winOne(sale)
    const step = await startStep()
    await winOne(sale)
    await step.release()
    expect(await noted()).toEqual([sale.id])
    await drained(shop)
    await shop.settle()
    expect(await noted()).toEqual([])
  })

  test('stays while a grant is pending', async () => {
    const sale = await shop.sale({ stock: 3 })
    await shop.settle()
    const [alone] = await sale.decideAlone(1)
    await shop.settle()
    expect(await noted()).toEqual([sale.id])
    const coupon = await shop.coupons.one(alone?.couponId ?? '', alone?.userId ?? '')
    expect(coupon?.state).toBe('confirming')
  })

  test('of a campaign that another ledger has is left alone', async () => {
    const other = randomUUID()
    await shop.sale({ stock: 3 })
    await shop.settle()
    await shop.redis.control.command('HSET', unrecordedKey, other, '1:1')
    await shop.settle()
    expect(await noted()).toEqual([other])
  })
})

describe('a list of coupons', () => {
  test('asks as much of Redis with 40 live campaigns as with one', async () => {
    const sale = await shop.sale({ stock: 3 })
    await shop.settle()
    shop.recorder.hold()
    const won = await winOne(sale)
    const countCalls = async (): Promise<number> => {
      const before = (await infoOf(shop.redis, 'cmdstat_evalsha')) ?? ''
      expect(await listOf(won.userId)).toMatchObject({ coupons: [{ grant: won }], complete: true })
      const after = (await infoOf(shop.redis, 'cmdstat_evalsha')) ?? ''
      const calls = (text: string): number => Number(/calls=(\d+)/.exec(text)?.[1])
      return calls(after) - calls(before)
    }
    shop.registry.stop()
    const before = await countCalls()
    for (let campaign = 0; campaign < 40; campaign += 1) await shop.sale({ stock: 3 })
    expect(await countCalls()).toBe(before)
  })
})

describe('after Redis lost its memory', () => {
  test('a list is not complete until the ledger has every grant that was confirmed', async () => {
    const sale = await shop.sale({ stock: 3 })
    await shop.settle()
    shop.recorder.hold()
    const won = await winOne(sale)
    await shop.redis.control.command('FLUSHALL')
    expect(await listOf(won.userId)).toMatchObject({ coupons: [], complete: false })
    const step = await startStep()
    expect(await listOf(won.userId)).toMatchObject({ coupons: [], complete: false })
    await step.release()
    expect(await listOf(won.userId)).toMatchObject({ coupons: [{ grant: won }], complete: true })
  })

  test('a restart that kept every note makes lists incomplete all the same', async () => {
    await shop.sale({ stock: 3 })
    await shop.settle()
    await shop.redis.control.command('HSET', unrecordedKey, 'marker', 'f'.repeat(40))
    expect((await shop.unrecorded.look()).isComplete).toBe(false)
    await shop.settle()
    expect((await shop.unrecorded.look()).isComplete).toBe(true)
  })

  test('a try that was overtaken, or whose server was left or restarted, completes nothing', async () => {
    const { unrecorded } = shop
    const fence = (await unrecorded.claim('first')) ?? ''
    await unrecorded.claim('second')
    expect(await unrecorded.complete('first', fence, new Map())).toMatchObject({ kind: 'lost' })
    expect(await unrecorded.complete('second', 'f'.repeat(40), new Map())).toMatchObject({ kind: 'lost' })
    await unrecorded.abandon()
    expect(await unrecorded.complete('second', fence, new Map())).toMatchObject({ kind: 'lost' })
    expect((await unrecorded.look()).isComplete).toBe(false)
  })
})

describe('notes are completed', () => {
  test('on the current Redis alone', async () => {
    await shop.sale({ stock: 3 })
    await shop.ledger.change("UPDATE redis_servers SET state = 'left'")
    await shop.settle()
    expect((await shop.unrecorded.look()).isComplete).toBe(false)
    await shop.ledger.change('DELETE FROM redis_servers')
    await shop.settle()
    expect((await shop.unrecorded.look()).isComplete).toBe(true)
  })

  test('after an old master may have confirmed: what it confirmed until then is in the list', async () => {
    const sale = await shop.sale({ stock: 3 })
    const [late] = await sale.decideAlone(1)
    if (late === undefined) throw new Error('nothing was decided')
    await shop.redis.control.command('FLUSHALL')
    const settling = createSettling({
      ...{ ...shop.parts, unrecorded: shop.unrecorded, campaigns: () => [], isInCharge: () => true },
      async failoverWaitMs() {
        await shop.append([late])
        return 1
      },
    })
    await settling.step()
    expect(await listOf(late.userId)).toMatchObject({ coupons: [{ grant: late }], complete: true })
  })
})

describe('a ledger that went back', () => {
  test('makes lists incomplete until it has reached what it had', async () => {
    const sale = await shop.sale({ stock: 3 })
    await shop.settle()
    const won = await winOne(sale)
    await drained(shop)
    await shop.settle()
    expect(await listOf(won.userId)).toMatchObject({ complete: true })
    const positions = await shop.ledger.rows('SELECT partition_id, next_offset FROM ledger_positions')
    await shop.ledger.change('UPDATE ledger_positions SET next_offset = next_offset - 1')
    expect(await listOf(won.userId)).toMatchObject({ complete: false })
    for (const { partition_id, next_offset } of positions)
      await shop.ledger.change('UPDATE ledger_positions SET next_offset = ? WHERE partition_id = ?', [
        next_offset,
        partition_id,
      ])
    expect(await listOf(won.userId)).toMatchObject({ complete: true })
  })

  test('is not taken for one on another log, which ends before the positions that were noted', async () => {
    const sale = await shop.sale({ stock: 3 })
    await shop.settle()
    const { recorded } = await shop.unrecorded.look()
    await shop.redis.control.command('HSET', unrecordedKey, 'recorded:0', 1_000_000)
    expect(await listOf('anybody')).toMatchObject({ complete: false })
    await winOne(sale)
    await shop.settle()
    expect((await shop.unrecorded.look()).recorded.get(0)).toBeLessThan(1_000)
    expect(recorded.size).toBe(3)
    expect(await listOf('anybody')).toMatchObject({ complete: true })
  })
})

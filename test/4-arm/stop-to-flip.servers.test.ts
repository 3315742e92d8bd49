import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { freeKey, gateKey, winnersKey } from '../../coupon/gate/keys.ts'
import { idBytes } from '../../coupon/ledger/ids.ts'
import { createArming } from '../../coupon/recovery/arming.ts'
import { drained } from '../harness/shop/drained.ts'
import { expectWhole } from '../harness/shop/expect-whole.ts'
import { openKeeper } from '../harness/shop/open-keeper.ts'
import { pausedArming, unleased } from '../harness/shop/paused-arming.ts'
import type { Sale } from '../harness/shop/sale.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'
import { storedOf } from '../harness/values/grants.ts'
import { until } from '../harness/values/until.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop({ publishDeadlineMs: 10_000 })
})
afterEach(() => {
  shop.recorder.release()
  return shop.clear()
})
afterAll(() => shop.close())

const redis = (...words: [string, ...(string | number)[]]) => shop.redis.control.command(...words)
/** Waits until an arming waits for the ledger, or is over. */
const waitsOrEnds = async ({ id }: Sale, arming: Promise<unknown>): Promise<void> => {
  let isOver = false
  void arming.finally(() => (isOver = true)).catch(() => undefined)
  await until('it waits for the ledger, or is over', async () => {
    const progress = String(await redis('HGET', gateKey(id), 'progress'))
    return isOver || progress.startsWith('waiting for ')
  })
}
const expectWholeAtLast = async (sale: Sale, told: Parameters<typeof expectWhole>[2]): Promise<void> => {
  shop.keep()
  await expectWhole(shop, sale, told)
  expect(shop.recorder.letters).toEqual([])
}

describe('from stop to flip', () => {
  test('a yes between the look at a gate and its stop is kept', async () => {
    const sale = await shop.sale({ stock: 9 })
    const told = await sale.win(2)
    const [winners, aside] = [winnersKey(sale.id, 1), `aside:${sale.id}`]
    // Its parts disagree for a moment, as while somebody puts a key back.
    await redis('RENAME', winners, aside)
    const { arming, reached, resume } = pausedArming(shop.parts, 'stop')
    const armed = arming.arm([sale.id], 0)
    await reached(armed)
    await redis('RENAME', aside, winners)
    await drained(shop)
    shop.recorder.hold()
    told.push(...(await sale.win(3)))
    resume()
    await waitsOrEnds(sale, armed)
    shop.recorder.release()
    expect((await armed).get(sale.id)).toMatchObject({ kind: 'armed', epoch: 2 })
    await expectWholeAtLast(sale, told)
  })

  test('a gate whose ledger is behind is armed in one try, once the ledger has what was confirmed', async () => {
    const sale = await shop.sale({ stock: 9 })
    shop.recorder.hold()
    const told = await sale.win(3)
    await redis('FLUSHALL')
    const armed = shop.arming.arm([sale.id], 0)
    await waitsOrEnds(sale, armed)
    shop.recorder.release()
    expect((await armed).get(sale.id)).toMatchObject({ kind: 'armed', epoch: 2 })
    await expectWholeAtLast(sale, told)
  })

  test('two armings never write their markers at once: crossing ends would wait for each other', async () => {
    const [one, two] = [await shop.sale({ stock: 1 }), await shop.sale({ stock: 1 })]
    await redis('FLUSHALL')
    const { arming, reached, resume } = pausedArming(shop.parts, 'mark')
    const first = arming.arm([one.id], 0)
    await reached(first)
    const { logEnds } = shop.parts
    let marks = 0
    const mark = (purpose: string) => {
      marks += 1
      return logEnds.mark(purpose)
    }
    const second = createArming({ ...shop.parts, logEnds: { ...logEnds, mark } }).arm([two.id], 0)
    await until('the second waits for its turn, or marks', async () => {
      const statements = await shop.ledger.rows('SELECT info FROM information_schema.processlist')
      return marks > 0 || statements.some(({ info }) => String(info).includes("'fc:mark"))
    })
    expect(marks).toBe(0)
    resume()
    expect((await first).get(one.id)).toMatchObject({ kind: 'armed' })
    expect((await second).get(two.id)).toMatchObject({ kind: 'armed' })
  })

  test('a grant that becomes a row before the cut is a winner of the next epoch', async () => {
    const sale = await shop.sale({ stock: 9 })
    const told = await sale.win(2)
    const waiting = await sale.decideAlone(1)
    await redis('FLUSHALL')
    const { arming, reached, resume } = pausedArming(shop.parts, 'cut')
    const armed = arming.arm([sale.id], 0)
    await reached(armed)
    // A relay that was held up: beyond the ends, and not yet beyond a cut.
    await shop.append(waiting)
    await until('it is a row', async () => (await storedOf(shop.ledger, sale)).length === 3)
    resume()
    expect((await armed).get(sale.id)).toMatchObject({ kind: 'armed', epoch: 2 })
    await expectWholeAtLast(sale, [...told, ...waiting])
  })

  test('a ledger that goes back in time between cut and rebuild opens no gate', async () => {
    const sale = await shop.sale({ stock: 9 })
    const told = await sale.win(3)
    await redis('FLUSHALL')
    const { arming, reached, resume } = pausedArming(shop.parts, 'rebuild')
    const armed = arming.arm([sale.id], 0)
    await reached(armed)
    await drained(shop)
    shop.recorder.hold()
    await shop.ledger.database.transaction(async (connection) => {
      const id = idBytes(sale.id)
      await connection.change('DELETE FROM coupons WHERE campaign_id = ?', [id])
      await connection.change('DELETE FROM campaign_cuts WHERE campaign_id = ? AND epoch = 1', [id])
      await connection.change('UPDATE campaigns SET epoch = 1 WHERE campaign_id = ?', [id])
      await connection.change('UPDATE ledger_positions SET next_offset = 0')
      return { commit: true, result: undefined }
    })
    resume()
    expect((await armed).get(sale.id)).toMatchObject({ kind: 'lost', what: 'the ledger went back in time' })
    shop.recorder.release()
    await expectWholeAtLast(sale, told)
  })

  test('keys of a rebuild expire until the flip and stay after it', async () => {
    const sale = await shop.sale({ stock: 9 })
    const told = await sale.win(2)
    // A rank without a durable record, below one that has it.
    await sale.decideAlone(1)
    told.push(...(await sale.win(1)))
    await redis('FLUSHALL')
    const { arming, reached, resume } = pausedArming(shop.parts, 'flip')
    const armed = arming.arm([sale.id], 0)
    await reached(armed)
    const lifetimes = () =>
      Promise.all([winnersKey(sale.id, 2), freeKey(sale.id, 2)].map((key) => redis('PTTL', key)))
    for (const lifetimeMs of await lifetimes()) {
      expect(lifetimeMs).toBeGreaterThan(0)
      expect(lifetimeMs).toBeLessThanOrEqual(600_000)
    }
    resume()
    await armed
    expect(await lifetimes()).toEqual([-1, -1])
    await expectWholeAtLast(sale, told)
  })

  test('keys left by a keeper that died after its flip are removed by the next arming', async () => {
    const sale = await shop.sale({ stock: 9 })
    const told = await sale.win(2)
    await drained(shop)
    const loseTheFence = () => redis('HSET', gateKey(sale.id), 'fence', 'of another server')
    const isThere = (epoch: number) => redis('EXISTS', winnersKey(sale.id, epoch))
    await loseTheFence()
    const { arming, reached, resume } = pausedArming(shop.parts, 'forget')
    const dying = arming.arm([sale.id], 0)
    await reached(dying)
    expect([await isThere(1), await isThere(2)]).toEqual([1, 1])
    await loseTheFence()
    expect((await createArming(unleased(shop.parts)).arm([sale.id], 0)).get(sale.id)).toMatchObject({
      kind: 'armed',
      epoch: 3,
    })
    expect([await isThere(1), await isThere(2), await isThere(3)]).toEqual([0, 0, 1])
    resume()
    await dying
    await expectWholeAtLast(sale, told)
  })

  test('a gate of an ended epoch is armed after the first look of a keeper', async () => {
    const sale = await shop.sale({ stock: 9 })
    const told = await sale.win(3)
    await drained(shop)
    // As if an old copy of the gate had been put back: the ledger is an epoch ahead of it.
    expect(await shop.parts.campaigns.cut(sale.id, 1, undefined)).toBe(true)
    const keeper = openKeeper(shop)
    await keeper.inspectGates()
    expect(keeper.beingArmed()).toEqual([sale.id])
    await until('it is armed', () => keeper.beingArmed().length === 0)
    expect(await sale.epoch()).toBe(3)
    await expectWholeAtLast(sale, told)
  })
})

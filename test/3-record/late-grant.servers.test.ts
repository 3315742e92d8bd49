import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Grant } from '../../coupon/grant.ts'
import { drained } from '../harness/shop/drained.ts'
import { expectWhole, held } from '../harness/shop/expect-whole.ts'
import type { Sale } from '../harness/shop/sale.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'
import { storedOf } from '../harness/values/grants.ts'
import { until } from '../harness/values/until.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.close())

/**
 * One unit, granted to the first, whose produce hangs; then Redis is emptied and the unit is sold to the
 * second.
 */
const forceLateGrant = async (): Promise<{ sale: Sale; late: Grant; second: Grant }> => {
  const sale = await shop.sale({ stock: 1 })
  // The producer is connected before its way is held.
  const warm = await shop.sale({ stock: 1 })
  await warm.win(1)
  shop.topic.proxy.hold('all')
  const pressed = await sale.press('first')
  if (pressed.kind !== 'confirming') throw new Error(pressed.kind)
  expect(await sale.outcome('first')).toMatchObject({ kind: 'confirming' })
  await shop.redis.control.command('FLUSHALL')
  shop.keep()
  await until(
    'the gate is back',
    async () => (await sale.outcome('first').catch(() => undefined))?.kind === 'none',
  )
  const second = await sale.answer('second')
  // Its produce is held as well, so it is answered "pending"; the worker reaches Kafka.
  if (!('grant' in second)) throw new Error(second.kind)
  return { sale, late: pressed.grant, second: second.grant }
}
/** The produce of the first arrives. */
const letGo = async (late: Grant): Promise<void> => {
  shop.topic.proxy.release()
  await until('it lies in the log', async () =>
    (await shop.topic.records()).some(({ value }) => String(value).includes(late.couponId)),
  )
}
const expectTruth = async ({ sale, late, second }: Awaited<ReturnType<typeof forceLateGrant>>) => {
  const rows = await until('there is a row', async () => {
    const stored = await storedOf(shop.ledger, sale)
    return stored.length > 0 && stored
  })
  expect(rows.map(held)).toEqual([held(second)])
  expect(await sale.outcome('first')).toEqual({ kind: 'none' })
  expect(await sale.answer('first')).toEqual({ kind: 'sold-out' })
  await until('the second was confirmed', async () => (await sale.outcome('second')).kind === 'granted')
  const letters = shop.recorder.letters.map(({ reason, record: { value } }) => [reason, String(value)])
  for (const letter of letters) expect(letter).toEqual(['late', expect.stringContaining(late.couponId)])
  await expectWhole(shop, sale, [second])
}

describe('a grant that reaches the log after its unit was sold again', () => {
  test('is late: no row, no double, and its owner was only ever told pending', async () => {
    const forced = await forceLateGrant()
    await letGo(forced.late)
    await until('it is a dead letter', () => shop.recorder.letters.length > 0)
    await expectTruth(forced)
    expect(shop.recorder.letters).toHaveLength(1)
  })

  test('is late as well when it is in the log before the second is recorded', async () => {
    const sale = await forceLateGrant()
    shop.recorder.hold()
    await letGo(sale.late)
    shop.recorder.release()
    await until('it is a dead letter', () => shop.recorder.letters.length > 0)
    await expectTruth(sale)
  })

  test('is late again for a worker that replays from an earlier position', async () => {
    const forced = await forceLateGrant()
    await letGo(forced.late)
    await until('it is a dead letter', () => shop.recorder.letters.length > 0)
    await expectTruth(forced)
    const seen = shop.recorder.letters.length
    await shop.ledger.change('UPDATE ledger_positions SET next_offset = 0')
    await until('it was judged again', () => shop.recorder.letters.length > seen)
    await expectTruth(forced)
    await drained(shop)
    expect(await storedOf(shop.ledger, forced.sale)).toHaveLength(1)
  })
})

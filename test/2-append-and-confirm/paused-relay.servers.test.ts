import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { gateKey, outboxKey } from '../../coupon/gate/keys.ts'
import type { Grant } from '../../coupon/grant.ts'
import { createCouponRepository } from '../../coupon/ledger/coupons.ts'
import { createArming } from '../../coupon/recovery/arming.ts'
import { createSweep } from '../../coupon/recovery/sweep.ts'
import type { Producer } from '../../platform/kafka/producer.ts'
import { drained } from '../harness/shop/drained.ts'
import { expectWhole } from '../harness/shop/expect-whole.ts'
import { openKeeper } from '../harness/shop/open-keeper.ts'
import { unleased } from '../harness/shop/paused-arming.ts'
import { pausedBefore } from '../harness/shop/paused-before.ts'
import type { Sale } from '../harness/shop/sale.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'
import { until } from '../harness/values/until.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop({ publishDeadlineMs: 10_000 })
})
afterEach(() => shop.clear())
afterAll(() => shop.close())

const redis = (...words: [string, ...(string | number)[]]) => shop.redis.control.command(...words)
const armBeside = ({ id }: Sale) => createArming(unleased(shop.parts)).arm([id], 0)

/** Who brings grants from the gate to the log, and what has to be so that it does. */
type Relay = {
  who: string
  prepare(sale: Sale, waiting: readonly Grant[]): Promise<unknown>
  bring(producer: Producer, sale: Sale): Promise<unknown>
}
const relays: Relay[] = [
  {
    who: 'an arming that has read what survived in the outbox',
    prepare: ({ id }) => redis('HDEL', gateKey(id), 'document'),
    bring: (producer, { id }) => createArming({ ...unleased(shop.parts), producer }).arm([id], 0),
  },
  {
    who: 'a keeper that has read what is overdue in the outbox',
    prepare: async () => undefined,
    bring: (producer) => openKeeper(shop, { producer, overdueMs: 0 }).inspectGates(),
  },
  {
    who: 'a sweep that has found what only the gate has',
    async prepare({ id }, waiting) {
      // By hand, together with its counts: the gate is in order without it.
      const [entry] = (await redis('XRANGE', outboxKey(id, 1), '-', '+')) as [string][]
      await redis('XDEL', outboxKey(id, 1), entry?.[0] ?? '')
      await redis('HINCRBY', gateKey(id), 'entriesDeleted', 1)
      await redis('HINCRBY', gateKey(id), 'grantsPending', -waiting.length)
    },
    bring: (producer, { campaign }) =>
      createSweep({
        ...{
          keeperGate: shop.parts.gate,
          gate: shop.gate,
          coupons: createCouponRepository(shop.ledger.database),
        },
        ...{ logEnds: shop.parts.logEnds, producer, log: shop.parts.log },
        ...{ ageMs: -2_000, ledgerWaitMs: 5_000 },
      }).step([{ ...campaign, epoch: 1 }]),
  },
]

/**
 * Two coupons of nine are won, and two were granted by a process that died: somebody has read those and not
 * yet brought them.
 */
const openSale = async ({ prepare, bring }: Relay) => {
  const sale = await shop.sale({ stock: 9 })
  const told = await sale.win(2)
  const waiting = await sale.decideAlone(2)
  await prepare(sale, waiting)
  const { part, reached, resume } = pausedBefore(shop.producer, 'append')
  const work = bring(part, sale)
  // A look of a keeper does not wait for its relay.
  await reached(work.then(() => new Promise(() => {})))
  return { sale, told, waiting, resume }
}
const timesInLog = async ({ couponId }: Grant): Promise<number> =>
  (await shop.topic.records()).filter(({ value }) => String(value).includes(couponId)).length
const reasonsOf = (grants: readonly Grant[]): string[] =>
  shop.recorder.letters.flatMap(({ reason, record: { value } }) =>
    grants.some(({ couponId }) => String(value).includes(couponId)) ? [reason] : [],
  )

describe('a paused relay does no harm', () => {
  test.each(relays)(
    '$who resumes after Redis was lost and all was sold: its grants are late, no row, no double',
    async (relay) => {
      const { sale, told, waiting, resume } = await openSale(relay)
      await redis('FLUSHALL')
      await armBeside(sale)
      told.push(...(await sale.win(7)))
      resume()
      await until('both are dead letters', () => reasonsOf(waiting).length === 2)
      expect(reasonsOf(waiting)).toEqual(['late', 'late'])
      for (const { userId } of waiting) {
        expect(await sale.outcome(userId)).toEqual({ kind: 'none' })
        expect(await sale.answer(userId)).toEqual({ kind: 'sold-out' })
      }
      shop.keep()
      await expectWhole(shop, sale, told)
    },
  )

  test.each(relays)(
    '$who resumes after another relayed the entry: one coupon, although the log has it twice',
    async (relay) => {
      const { sale, told, waiting, resume } = await openSale(relay)
      await relay.bring(shop.producer, sale)
      told.push(...waiting, ...(await sale.win(3)))
      resume()
      await until('it is in the log twice', async () => (await timesInLog(told[2] as Grant)) === 2)
      await drained(shop)
      shop.keep()
      await expectWhole(shop, sale, told)
      expect(reasonsOf(told)).toEqual([])
    },
  )

  test('a keeper resumes between log and outbox after Redis was lost: what it appended is won', async () => {
    const sale = await shop.sale({ stock: 9 })
    const told = [...(await sale.win(2)), ...(await sale.decideAlone(2))]
    const { part, reached, resume } = pausedBefore(shop.gate, 'confirm')
    const looked = openKeeper(shop, { gate: part, overdueMs: 0 }).inspectGates()
    await reached(looked.then(() => new Promise(() => {})))
    await redis('FLUSHALL')
    await armBeside(sale)
    told.push(...(await sale.win(3)))
    resume()
    shop.keep()
    await expectWhole(shop, sale, told)
    expect(reasonsOf(told)).toEqual([])
  })
})

import { afterEach, describe, expect, test } from 'vitest'
import { gateKey, outboxKey, winnersKey } from '../../coupon/gate/keys.ts'
import type { Grant } from '../../coupon/grant.ts'
import { createCouponRepository } from '../../coupon/ledger/coupons.ts'
import { createSweep } from '../../coupon/recovery/sweep.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { repeat } from '../../platform/repeat.ts'
import { expectWhole, held } from '../harness/shop/expect-whole.ts'
import { openKeeper } from '../harness/shop/open-keeper.ts'
import type { Sale } from '../harness/shop/sale.ts'
import { openShop, type Shop, type ShopOptions } from '../harness/shop/shop.ts'
import { storedOf } from '../harness/values/grants.ts'
import { until } from '../harness/values/until.ts'

let shop: Shop | undefined
afterEach(() => shop?.close())
const open = async (options: ShopOptions): Promise<Shop> => (shop = await openShop(options))

const rowsOnce = ({ ledger }: Shop, sale: Sale, count: number): Promise<Grant[]> =>
  until(`${count} rows`, async () => {
    const rows = await storedOf(ledger, sale)
    return rows.length === count && rows
  })
const codeOf = (press: Promise<unknown>): Promise<unknown> =>
  press.then(
    (answer) => answer,
    (cause: { code?: unknown }) => cause.code,
  )

describe('what an outbox holds becomes rows', () => {
  test('while the log is down winners are pending up to the outbox bound, then unavailable, and all drains', async () => {
    const own = await open({
      ...{ outboxGrantsMax: 20, publishDeadlineMs: 1_000, overdueMs: 200, workerIsProxied: true },
    })
    const sale = await own.sale({ stock: 50 })
    own.keep()
    const told = await sale.win(5)
    own.topic.proxy.cut()
    const pending = []
    for (let batch = 0; batch < 20; batch += 1) {
      const answer = await sale.press(`user-${batch}`)
      expect(answer.kind).toBe('confirming')
      if ('grant' in answer) pending.push(answer.grant)
    }
    expect(await codeOf(sale.press())).toBe('unavailable')
    // Nobody loses what they have: winners hear the same as before.
    expect((await sale.press(told[0]?.userId)).kind).toBe('already')
    expect((await sale.press('user-7')).kind).toBe('confirming')
    own.topic.proxy.restore()
    await until('a later user wins', async () => (await sale.press('later').catch(() => undefined))?.kind)
    await until('the outbox is empty', async () => {
      const pendingCount = await own.redis.control.command('HGET', gateKey(sale.id), 'grantsPending')
      return pendingCount === '0'
    })
    await expectWhole(own, sale, [...told, ...pending])
    expect(await sale.epoch()).toBe(1)
    expect(own.recorder.letters).toEqual([])
  })

  test('grants of a process that died between decide and append become rows and wins', async () => {
    const own = await open({ overdueMs: 100 })
    const sale = await own.sale({ stock: 20 })
    const orphans = [...(await sale.decideAlone(3)), ...(await sale.decideAlone(2))]
    expect(await sale.outcome(orphans[0]?.userId ?? '')).toMatchObject({ kind: 'confirming' })
    own.keep()
    expect((await rowsOnce(own, sale, 5)).map(held)).toEqual(orphans.map(held))
    await until('their owners read that they won', async () => {
      const outcomes = await Promise.all(orphans.map(({ userId }) => sale.outcome(userId)))
      return outcomes.every(({ kind }) => kind === 'granted')
    })
    await expectWhole(own, sale, orphans)
  })

  test('entries that two keepers relayed are one row each', async () => {
    const own = await open({ overdueMs: 1 })
    const sale = await own.sale({ stock: 40 })
    const orphans: Grant[] = []
    for (let entries = 0; entries < 10; entries += 1) orphans.push(...(await sale.decideAlone(2)))
    const inspected = await own.parts.gate.inspect(sale.id, 1, 0, 100)
    if (inspected.kind === 'in-order')
      for (const [at, { grants }] of inspected.overdue.entries()) await own.append(grants, at % 3)
    own.keep()
    await rowsOnce(own, sale, 20)
    await expectWhole(own, sale, orphans)
    expect(own.recorder.letters).toEqual([])
  })

  test('without the ledger a keeper that never read it relays by the list and the gates', async () => {
    const own = await open({ overdueMs: 1 })
    const sale = await own.sale({ stock: 20 })
    const orphans = await sale.decideAlone(3)
    const away = {
      ...own.parts.campaigns,
      liveOrKnown: () => Promise.reject(new Error('the database is away')),
    }
    const keeper = openKeeper(own, { campaigns: away, overdueMs: 1 })
    // A look may come before the entries are overdue, or find the log slow: a worker looks again and again.
    const looking = repeat(keeper.inspectGates, 20)
    try {
      expect((await rowsOnce(own, sale, 3)).map(held)).toEqual(orphans.map(held))
    } finally {
      looking.stop()
    }
    expect(keeper.campaigns()).toEqual([])
  })

  test('without the ledger nothing is relayed into the log of another deployment', async () => {
    const own = await open({ overdueMs: 1 })
    const sale = await own.sale({ stock: 20 })
    await sale.decideAlone(3)
    let appended = 0
    const keeper = openKeeper(own, {
      campaigns: {
        ...own.parts.campaigns,
        liveOrKnown: () => Promise.reject(new Error('the database is away')),
      },
      requireOneDeployment: () => Promise.reject(new Error('Redis belongs to another deployment')),
      grantLog: {
        append: async () => {
          appended += 1
          return 'pending'
        },
      },
      overdueMs: 1,
    })
    await keeper.inspectGates()
    expect([appended, (await own.parts.gate.inspect(sale.id, 1, 0, 9)).kind]).toEqual([0, 'in-order'])
    expect(await own.redis.control.command('XLEN', outboxKey(sale.id, 1))).toBe(1)
  })

  test('the sweep passes over winners that cannot be read, says so once, and finds the others', async () => {
    const own = await open({})
    const sale = await own.sale({ stock: 30 })
    const [lost] = await sale.decideAlone(1)
    const winners = winnersKey(sale.id, 1)
    const [key, outbox] = [gateKey(sale.id), outboxKey(sale.id, 1)]
    const [entry] = (await own.redis.control.command('XRANGE', outbox, '-', '+')) as [string][]
    await own.redis.control.command('XDEL', outbox, entry?.[0] ?? '')
    await own.redis.control.command('HSET', key, 'entriesDeleted', 1, 'grantsPending', 0)
    const unreadable = ['1:a', 'not a pack', '1:b', 'no-id|2|3|4', 'x', 'a|b|c|d']
    await own.redis.control.command('HSET', winners, ...unreadable)
    await own.redis.control.command('HINCRBY', key, 'granted', 3)
    await own.redis.control.command('HINCRBY', key, 'nextRank', 3)
    const errors: unknown[] = []
    const log = createLogger('test', 'silent')
    const sweep = createSweep({
      ...{ keeperGate: own.parts.gate, gate: own.gate, coupons: createCouponRepository(own.ledger.database) },
      ...{ logEnds: own.parts.logEnds, producer: own.producer, ageMs: -2_000, ledgerWaitMs: 5_000 },
      log: { ...log, error: (fields: unknown) => void errors.push(fields) } as typeof log,
    })
    const campaign = { ...sale.campaign, epoch: 1 }
    expect([await sweep.step([campaign]), await sweep.step([campaign])]).toEqual([1, 0])
    expect((await rowsOnce(own, sale, 1)).map(held)).toEqual(
      [lost].flatMap((grant) => (grant === undefined ? [] : [held(grant)])),
    )
    expect(errors).toEqual([
      { campaignId: sale.id, values: 3 },
      { campaignId: sale.id, grants: 1 },
    ])
  })

  test('the sweep finds a grant that only the gate has', async () => {
    const own = await open({})
    const sale = await own.sale({ stock: 30 })
    const told = await sale.win(10)
    const [lost, lostToo] = await sale.decideAlone(2)
    if (lost === undefined || lostToo === undefined) throw new Error('nobody was granted anything')
    const [key, outbox] = [gateKey(sale.id), outboxKey(sale.id, 1)]
    const [entry] = (await own.redis.control.command('XRANGE', outbox, '-', '+')) as [string][]
    await own.redis.control.command('XDEL', outbox, entry?.[0] ?? '')
    await own.redis.control.command('HINCRBY', key, 'entriesDeleted', 1)
    await own.redis.control.command('HINCRBY', key, 'grantsPending', -2)
    // The gate is in order, and says that they won.
    expect((await sale.press(lost.userId)).kind).toBe('already')
    await rowsOnce(own, sale, 10)

    const sweep = createSweep({
      ...{ keeperGate: own.parts.gate, gate: own.gate, coupons: createCouponRepository(own.ledger.database) },
      ...{ logEnds: own.parts.logEnds, producer: own.producer, log: createLogger('test', 'silent') },
      ...{ ageMs: -2_000, ledgerWaitMs: 5_000 },
    })
    const campaign = { ...sale.campaign, epoch: 1 }
    const waiting = await sale.decideAlone(1)
    expect(await sweep.step([campaign])).toBe(2)
    await rowsOnce(own, sale, 12)
    expect(await sweep.step([campaign])).toBe(0)
    // Who waits in the outbox is the relay's.
    expect((await storedOf(own.ledger, sale)).map(({ couponId }) => couponId)).not.toContain(
      waiting[0]?.couponId,
    )
    expect(await sale.epoch()).toBe(1)
    own.keep()
    await own.redis.control.command('FLUSHALL')
    await expectWhole(own, sale, [...told, lost, lostToo])
    expect(own.recorder.letters).toEqual([])
  })
})

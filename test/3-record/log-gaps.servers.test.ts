import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type AuditResult, createAudit } from '../../coupon/audit/audit.ts'
import { createGateSurveyor } from '../../coupon/gate/gate-surveyor.ts'
import type { Grant } from '../../coupon/grant.ts'
import { createGrantLogReader } from '../../coupon/log/grant-log-reader.ts'
import { createTopicAdmin, type TopicAdmin } from '../../platform/kafka/topic-admin.ts'
import { createTopicReader, type TopicReader } from '../../platform/kafka/topic-reader.ts'
import { beginForeignTransaction, type ForeignTransaction } from '../harness/servers/foreign-transactions.ts'
import { drained } from '../harness/shop/drained.ts'
import { expectWhole } from '../harness/shop/expect-whole.ts'
import type { Sale } from '../harness/shop/sale.ts'
import { openShop, type Shop } from '../harness/shop/shop.ts'
import { storedOf } from '../harness/values/grants.ts'

const partitions = [0, 1, 2]
let shop: Shop
let topics: TopicAdmin
let reader: TopicReader
beforeAll(async () => {
  // Far fewer than a fetch holds: chunks end before, in and after gaps.
  shop = await openShop({ publishDeadlineMs: 10_000, ledgerBatchSizeMax: 3 })
  ;[topics, reader] = [createTopicAdmin(shop.topic.kafka), createTopicReader(shop.topic.kafka)]
})
const open: ForeignTransaction[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((transaction) => transaction.end('abort')))
  await shop.clear()
})
afterAll(async () => {
  await Promise.all([topics.close(), reader.close()])
  await shop.close()
})

const begin = async (): Promise<ForeignTransaction> => {
  const transaction = await beginForeignTransaction(shop.topic)
  open.push(transaction)
  return transaction
}
const end = async (transaction: ForeignTransaction, how: 'commit' | 'abort'): Promise<void> => {
  open.splice(open.indexOf(transaction), 1)
  await transaction.end(how)
}
const transact = async (how: 'commit' | 'abort'): Promise<void> => {
  const transaction = await begin()
  await transaction.write(partitions)
  await end(transaction, how)
}
/** New winners, whose grants are in every partition. */
const win = async (sale: Sale, count: number): Promise<Grant[]> => {
  const told = await sale.win(count)
  for (const partition of partitions) await shop.append(told, partition)
  return told
}
const audit = async ({ id }: Sale): Promise<AuditResult | undefined> =>
  createAudit({
    database: shop.ledger.database,
    gate: createGateSurveyor(shop.redis.redis),
    log: createGrantLogReader({ topics, reader, topic: shop.topic.name }),
    ...{ stuckMs: 30_000, watchMs: 100, monotonicMs: () => performance.now() },
  }).run(id)

/** What every row of the log came to, with Redis lost at the end. */
const expectNothingLost = async (sale: Sale, told: readonly Grant[]): Promise<void> => {
  await drained(shop)
  expect(await storedOf(shop.ledger, sale)).toEqual([...told].sort((a, b) => a.rank - b.rank))
  await shop.redis.control.command('FLUSHALL')
  shop.keep()
  await expectWhole(shop, sale, told)
  await drained(shop)
  expect((await audit(sale))?.verdict).toBe('pass')
  expect(new Set(shop.recorder.letters.map(({ record }) => String(record.value)))).toEqual(
    new Set(['foreign']),
  )
}

describe('offsets of the log have no record', () => {
  test.each(['commit', 'abort'] as const)(
    'amid a backlog (%s): every grant is a row, and after a loss of Redis the campaign comes back',
    async (how) => {
      const sale = await shop.sale({ stock: 30 })
      shop.recorder.hold()
      const told = await win(sale, 8)
      await transact(how)
      told.push(...(await win(sale, 8)))
      shop.recorder.release()
      await expectNothingLost(sale, told)
    },
  )

  test.each(['commit', 'abort'] as const)(
    'where the ledger stands (%s): the position moves past it, and what follows is recorded',
    async (how) => {
      const sale = await shop.sale({ stock: 30 })
      const told = await win(sale, 3)
      const transaction = await begin()
      await transaction.write(partitions)
      await drained(shop)
      await end(transaction, how)
      // A control record is all that is left: no marker comes to help.
      await drained(shop)
      told.push(...(await win(sale, 5)))
      await expectNothingLost(sale, told)
    },
  )

  test('at the very start of what is fetched: the ledger that went back to it records on', async () => {
    const sale = await shop.sale({ stock: 30 })
    const transaction = await begin()
    await transaction.write(partitions)
    const gaps = await shop.topic.offsets()
    await end(transaction, 'commit')
    const told = await win(sale, 8)
    await drained(shop)
    for (const { partition, end: gap } of gaps)
      await shop.ledger.change('UPDATE ledger_positions SET next_offset = ? WHERE partition_id = ?', [
        gap,
        partition,
      ])
    await expectNothingLost(sale, told)
  })

  test('several in a row, at the end of a backlog: the position moves past them', async () => {
    const sale = await shop.sale({ stock: 30 })
    shop.recorder.hold()
    const told = await win(sale, 7)
    const [first, second, third] = [await begin(), await begin(), await begin()]
    for (const transaction of [first, second, third]) await transaction.write(partitions)
    await end(first, 'commit')
    await end(second, 'abort')
    await end(third, 'commit')
    shop.recorder.release()
    await expectNothingLost(sale, told)
  })

  test('a transaction that stays open holds back no row, no arming and no audit', async () => {
    const sale = await shop.sale({ stock: 30 })
    const told = await win(sale, 3)
    await (await begin()).write(partitions)
    told.push(...(await win(sale, 5)))
    await expectNothingLost(sale, told)
  })
})

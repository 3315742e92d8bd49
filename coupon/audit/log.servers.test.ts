import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Audited, notPassed, openAudited } from '../../test/harness/shop/audited-sale.ts'

let audited: Audited
beforeAll(async () => {
  audited = await openAudited()
})
afterAll(() => audited.close())

const move = (partition: number, change: string): Promise<number> =>
  audited.database.change(`UPDATE ledger_positions SET next_offset = ${change} WHERE partition_id = ?`, [
    partition,
  ])

test('a backlog of 100,000 is in flight: confirmed and not recorded, or in the outbox', {
  timeout: 120_000,
}, async () => {
  const sale = await audited.sale({ stock: 200_000 })
  await sale.sell(1_000)
  await sale.sell(100_000, 'confirmed')
  await sale.sell(20_000, 'outbox')
  const result = await sale.result()
  expect(notPassed(result)).toEqual({ 'row-missing': 'in-flight', 'only-in-gate': 'in-flight' })
  expect(result.books).toEqual({
    rows: 1_000,
    records: 101_000,
    winners: 121_000,
    pending: 20_000,
    answers: 0,
    late: 0,
  })
  await sale.record()
  expect(notPassed(await sale.result())).toEqual({ 'only-in-gate': 'in-flight' })
})

test('a position beyond the end of the log is found alone', async () => {
  const sale = await audited.sale({ stock: 100 })
  await sale.sell(40)
  await move(0, 'next_offset + 1000')
  expect(notPassed(await sale.result())).toEqual({ 'position-outside-log': 'fail' })
  await move(0, 'next_offset - 1000')
  expect(notPassed(await sale.result())).toEqual({})
})

test('records that retention deleted are no loss while gate and ledger have their coupons', async () => {
  const sale = await audited.sale({ stock: 10_000 })
  await sale.sell(1_000)
  const ends = await audited.topic.offsets()
  const admin = audited.topic.kafka.admin()
  await admin.connect()
  // kafkajs deletes records only of a topic whose metadata it has.
  await admin.fetchTopicOffsets(audited.topic.name)
  await admin.deleteTopicRecords({
    topic: audited.topic.name,
    partitions: ends.map(({ partition, end }) => ({ partition, offset: String(end) })),
  })
  await admin.disconnect()
  const result = await sale.result()
  expect(notPassed(result)).toEqual({})
  expect(result.books).toMatchObject({ rows: 1_000, records: 0 })
  await move(1, 'next_offset - 1')
  expect(notPassed(await sale.result())).toEqual({ 'position-outside-log': 'fail' })
})

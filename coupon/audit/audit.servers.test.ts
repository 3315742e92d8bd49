import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Audited, notPassed, openAudited } from '../../test/harness/shop/audited-sale.ts'

let audited: Audited
beforeAll(async () => {
  audited = await openAudited()
})
afterAll(() => audited.close())

test('sources that agree pass every check, and the counts say what was compared', async () => {
  const sale = await audited.sale({ stock: 1_000 })
  await sale.sell(700)
  const result = await sale.result()
  expect(notPassed(result)).toEqual({})
  expect(result.verdict).toBe('pass')
  expect(result.books).toEqual({ rows: 700, records: 700, winners: 700, pending: 0, answers: 0, late: 0 })
})

test('a campaign that sold nothing passes', async () => {
  const sale = await audited.sale({ stock: 10 })
  expect(notPassed(await sale.result())).toEqual({})
})

test('grants that are not recorded are in flight: in the outbox, in the log, or confirmed', async () => {
  const sale = await audited.sale({ stock: 1_000 })
  await sale.sell(100)
  await sale.sell(30, 'outbox')
  await sale.sell(20, 'log')
  await sale.sell(50, 'confirmed')
  const result = await sale.result()
  expect(notPassed(result)).toEqual({ 'row-missing': 'in-flight', 'only-in-gate': 'in-flight' })
  const countOf = (fault: string) => result.checks.find((check) => check.fault === fault)?.count
  expect([countOf('row-missing'), countOf('only-in-gate')]).toEqual([70, 30])
  await sale.record()
  expect(notPassed(await sale.result())).toEqual({ 'only-in-gate': 'in-flight' })
})

test.each(['outbox', 'log', 'confirmed', 'ledger'] as const)(
  'grants between any two readings, as far as the %s, are no fault',
  async (reach) => {
    const sale = await audited.sale({ stock: 1_000 })
    await sale.sell(20)
    // Ranks that came back and are taken meanwhile, too.
    await sale.gate.redis.command(
      'RPUSH',
      sale.gate.keys.free,
      ...Array.from({ length: 9 }, (_, at) => 21 + at),
    )
    await sale.gate.set({ nextRank: 30 })
    let readings = 0
    audited.beforeEachReading(async () => {
      readings += 1
      await sale.sell(2, reach)
    })
    const result = await sale.result()
    audited.beforeEachReading(async () => undefined)
    expect(readings).toBeGreaterThanOrEqual(8)
    expect(result.checks.filter(({ verdict }) => verdict === 'fail')).toEqual([])
    await sale.record()
    const { books } = await sale.result()
    expect(books.winners).toBe(20 + 2 * readings)
  },
)

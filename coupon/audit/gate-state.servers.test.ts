import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Audited,
  type AuditedSale,
  notPassed,
  openAudited,
} from '../../test/harness/shop/audited-sale.ts'
import { armGate } from '../../test/harness/values/armed-gate.ts'
import { stopScript } from '../gate/scripts.ts'
import { createCampaignRepository } from '../ledger/campaigns.ts'
import type { AuditResult } from './audit.ts'

let audited: Audited
beforeAll(async () => {
  audited = await openAudited()
})
afterAll(() => audited.close())

const faultsOf = (result: AuditResult): string[] =>
  Object.entries(notPassed(result)).flatMap(([fault, verdict]) => (verdict === 'fail' ? [fault] : []))
const soldSale = async (): Promise<AuditedSale> => {
  const sale = await audited.sale({ stock: 100 })
  await sale.sell(40)
  return sale
}
const gateChecks = [
  'only-in-gate',
  'only-in-log',
  'gate-behind',
  'gate-ahead',
  'counter-off',
  'rank-gap',
  'outbox-stuck',
]

const faults: [string, string, (sale: AuditedSale) => Promise<unknown>][] = [
  ['counter-off', 'it counts a winner too many', ({ gate }) => gate.set({ granted: 41 })],
  [
    'counter-off',
    'a winner is missing',
    async ({ gate }) => {
      const [field] = (await gate.redis.command('HRANDFIELD', gate.keys.winners, 1)) as string[]
      await gate.redis.command('HDEL', gate.keys.winners, field ?? '')
    },
  ],
  ['counter-off', 'the next rank skips one', ({ gate }) => gate.set({ nextRank: 42 })],
  ['counter-off', 'it counts an entry too many', ({ gate }) => gate.set({ entriesAppended: 9 })],
  [
    'counter-off',
    'it counts grants that are not in the outbox',
    ({ gate }) => gate.set({ grantsPending: 5 }),
  ],
  ['gate-ahead', 'its epoch is above that of the ledger', ({ gate }) => gate.set({ epoch: 2 })],
  [
    'gate-behind',
    'it is open at an epoch that is over',
    ({ change }) => change('UPDATE campaigns SET epoch = 2 WHERE campaign_id = ?'),
  ],
]

test.each(faults)('%s is found alone: %s', async (fault, _, corrupt) => {
  const sale = await soldSale()
  await corrupt(sale)
  expect(faultsOf(await sale.result())).toEqual([fault])
})

describe('a gate that cannot be compared', () => {
  const uncomparable: [string, (sale: AuditedSale) => Promise<unknown>][] = [
    ['missing', ({ gate }) => gate.redis.command('DEL', ...Object.values(gate.keys))],
    ['lacking a field', ({ gate }) => gate.redis.command('HDEL', gate.keys.gate, 'stock')],
    ['armed on another server', ({ gate }) => gate.set({ fence: 'another' })],
    ['being armed', ({ gate }) => gate.redis.run(stopScript, [gate.keys.gate], [1, '1:a claim'])],
  ]

  test.each(uncomparable)(
    'a gate that is %s is in flight, and the other sources are compared',
    async (_, change) => {
      const sale = await soldSale()
      await change(sale)
      const result = await sale.result()
      expect(notPassed(result)).toEqual(Object.fromEntries(gateChecks.map((fault) => [fault, 'in-flight'])))
      await sale.change('DELETE FROM coupons WHERE `rank` = 7 AND campaign_id = ?')
      expect(faultsOf(await sale.result())).toEqual(['row-missing'])
    },
  )

  test('a campaign that was never armed is in flight', async () => {
    const { id } = await audited.database.createCampaign({ stock: 10 })
    const sale = await audited.sale({ stock: 10 })
    expect((await sale.result(undefined, id)).verdict).toBe('in-flight')
  })

  test('a retired gate leaves nothing open; a rank that no source has is a gap', async () => {
    const sale = await audited.sale({ stock: 100 })
    await sale.sell(40)
    await sale.gate.redis.command('DEL', ...Object.values(sale.gate.keys))
    await sale.change('UPDATE campaigns SET retired_at_ms = 1, granted = 40 WHERE campaign_id = ?')
    const result = await sale.result()
    expect(notPassed(result)).toEqual({})
    expect(result.notes).toEqual(['the gate was retired: it was removed after its lifetime'])
    await sale.change('UPDATE coupons SET `rank` = `rank` + 2 WHERE `rank` > 39 AND campaign_id = ?')
    expect(faultsOf(await sale.result())).toEqual(['wrong-rank'])
  })
})

test('an overdue outbox entry that stays while the log answers is stuck', async () => {
  const sale = await soldSale()
  await sale.sell(3, 'outbox')
  const { redis, keys } = sale.gate
  const [[id, fields] = ['', []]] = (await redis.command('XRANGE', keys.outbox, '-', '+')) as [
    string,
    string[],
  ][]
  const old = fields.map((field, at) => (at === 3 ? String(Number(field) - 600_000) : field))
  expect(faultsOf(await sale.result())).toEqual([])
  await redis.command('DEL', keys.outbox)
  await redis.command('XADD', keys.outbox, id, ...old)
  expect(faultsOf(await sale.result())).toEqual(['outbox-stuck'])
})

test('a grant beyond the cut of its epoch needs no row, and one below it does', async () => {
  const sale = await soldSale()
  const lost = await sale.sell(5, 'outbox')
  await sale.gate.redis.command('DEL', ...Object.values(sale.gate.keys))
  expect(await createCampaignRepository(audited.database.database).cut(sale.id, 1, undefined)).toBe(true)
  const grants = await sale.grants()
  expect(grants).toHaveLength(40)
  await armGate(sale.gate.redis, {
    id: sale.id,
    epoch: 2,
    stock: 100,
    winners: Object.fromEntries(
      grants.map(({ slot, userId, couponId, rank }) => [`${slot}:${userId}`, `${couponId}|${rank}|1|0`]),
    ),
  })
  expect(notPassed(await sale.result())).toEqual({})
  await sale.append(lost)
  expect(notPassed(await sale.result())).toEqual({})
  await sale.change('DELETE FROM coupons WHERE `rank` = 7 AND campaign_id = ?')
  expect(faultsOf(await sale.result())).toEqual(['row-missing'])
})

test('ranks that a loss of the gate returned are free, and no gap', async () => {
  const sale = await audited.sale({ stock: 100 })
  await sale.gate.redis.command('DEL', ...Object.values(sale.gate.keys))
  expect(await createCampaignRepository(audited.database.database).cut(sale.id, 1, undefined)).toBe(true)
  const rearmed = await armGate(sale.gate.redis, { id: sale.id, epoch: 2, stock: 100, free: [1, 2, 3] })
  expect(notPassed(await sale.result())).toEqual({})
  await rearmed.redis.command('LPOP', rearmed.keys.free)
  await rearmed.redis.command('RPUSH', rearmed.keys.free, 4)
  expect(faultsOf(await sale.result())).toEqual(['rank-gap'])
})

test.each([
  { free: [41, 41], examples: ['rank 42 is neither granted nor free', 'rank 41 is free twice'] },
  { free: [7, 41], examples: ['rank 42 is neither granted nor free', 'rank 7 is free, and a winner has it'] },
  { free: [41, 0], examples: ['rank 42 is neither granted nor free', '0 is free, and no rank'] },
  {
    free: [41, 60],
    examples: ['rank 42 is neither granted nor free', 'rank 60 is free, and the next is 43'],
  },
])(
  'a free list of $free after 40 grants, with a next rank of 43, is described',
  async ({ free, examples }) => {
    const sale = await soldSale()
    await sale.gate.set({ nextRank: 43 })
    await sale.gate.redis.command('RPUSH', sale.gate.keys.free, ...free)
    const result = await sale.result()
    expect(notPassed(result)).toEqual({ 'rank-gap': 'fail' })
    expect(result.checks.find(({ fault }) => fault === 'rank-gap')?.examples).toEqual(examples)
  },
)

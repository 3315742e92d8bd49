import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import {
  armGate,
  type ArmedGate,
  openRedis,
  grantRequest,
  grantRequests,
} from '../../test/harness/values/gates.ts'
import type { RedisClient } from '../../platform/redis.ts'
import type { OutboxEntry } from './outbox-entry.ts'
import type { GrantRequest } from './decision.ts'

let redis: RedisClient
beforeAll(async () => {
  redis = await openRedis(inject('environment')['REDIS_URL'] ?? '')
})
afterAll(() => redis.close())

/** A gate of which every key is there: two winners, one of them waiting in the outbox, and a free rank. */
type Sale = ArmedGate & { winner: GrantRequest; waiting: OutboxEntry }
const openSale = async (): Promise<Sale> => {
  const armed = await armGate(redis, { free: [1, 2, 3], stock: 10 })
  const winner = grantRequest()
  const first = await armed.gate.decide(armed.id, 1, [winner])
  const second = await armed.gate.decide(armed.id, 1, grantRequests(1))
  if (first.kind !== 'decided' || second.kind !== 'decided' || !first.entry || !second.entry)
    throw new Error('lost')
  await armed.gate.confirm(armed.id, 1, [first.entry])
  return { ...armed, winner, waiting: second.entry }
}

const answersOf = ({ id, gate, winner, waiting }: Sale) =>
  Promise.allSettled([
    gate.decide(id, 1, [grantRequest()]),
    gate.decide(id, 1, [winner]),
    gate.confirm(id, 1, [waiting]),
    gate.look(id, 1, [{ userId: winner.userId, slot: 1 }]),
  ])

/** Whether its public facts may be believed. */
const isShownArmed = async ({ id, gate }: Sale): Promise<boolean> => (await gate.view(id)).armed

const expectRefused = async (sale: Sale): Promise<void> => {
  const before = await sale.content()
  for (const answer of await answersOf(sale))
    expect(answer).toMatchObject({ status: 'fulfilled', value: { kind: 'recovering' } })
  expect(await isShownArmed(sale)).toBe(false)
  expect(await sale.content()).toEqual(before)
}

test('a gate of which every part is there answers, and its view is believed', async () => {
  const sale = await openSale()
  expect(await isShownArmed(sale)).toBe(true)
  const answers = await answersOf(sale)
  expect(answers.map((answer) => answer.status === 'fulfilled' && answer.value.kind)).toEqual([
    'decided',
    'decided',
    'confirmed',
    'looked',
  ])
})

test.each(['gate', 'winners', 'outbox', 'free'] as const)(
  'without its key %s a gate says nothing, and its view is not believed',
  async (name) => {
    const sale = await openSale()
    expect(await redis.command('DEL', sale.keys[name])).toBe(1)
    await expectRefused(sale)
  },
)

test.each([
  'layout',
  'epoch',
  'claim',
  'fence',
  'state',
  'stock',
  'granted',
  'nextRank',
  'entriesAppended',
  'entriesDeleted',
  'grantsPending',
  'opensAtMs',
  'closesAtMs',
  'perUserLimit',
  'grantableFromMs',
  'version',
  'document',
])('without its field %s a gate says nothing, and its view is not believed', async (field) => {
  const sale = await openSale()
  expect(await redis.command('HDEL', sale.keys.gate, field)).toBe(1)
  await expectRefused(sale)
})

test('a gate has no field that the test above does not know', async () => {
  expect(Object.keys(await (await openSale()).fields())).toHaveLength(17)
})

test.each<[string, (sale: Sale) => Promise<unknown>]>([
  ['a winner is missing', ({ keys, winner }) => redis.command('HDEL', keys.winners, `1:${winner.userId}`)],
  ['a winner was added by hand', ({ keys }) => redis.command('HSET', keys.winners, '1:guest', 'x|9|1|9')],
  ['an entry is missing', ({ keys, waiting }) => redis.command('XDEL', keys.outbox, `1-${waiting.number}`)],
  ['an entry was added by hand', ({ keys }) => redis.command('XADD', keys.outbox, '1-9', 'count', '1')],
  ['a free rank is missing', ({ keys }) => redis.command('LPOP', keys.free)],
  ['a free rank was added by hand', ({ keys }) => redis.command('RPUSH', keys.free, 9)],
  ['it counts a winner too many', ({ keys }) => redis.command('HINCRBY', keys.gate, 'granted', 1)],
  ['it counts a winner too few', ({ keys }) => redis.command('HINCRBY', keys.gate, 'granted', -1)],
  ['its next rank was used before', ({ keys }) => redis.command('HINCRBY', keys.gate, 'nextRank', -1)],
  ['it counts an entry too many', ({ keys }) => redis.command('HINCRBY', keys.gate, 'entriesAppended', 1)],
  ['it counts a deletion too many', ({ keys }) => redis.command('HINCRBY', keys.gate, 'entriesDeleted', 1)],
])('a gate whose parts disagree says nothing, and its view is not believed: %s', async (_, change) => {
  const sale = await openSale()
  await change(sale)
  await expectRefused(sale)
})

test.each(['gate', 'winners', 'outbox', 'free'] as const)(
  'a key %s of another type spoils nothing',
  async (name) => {
    const sale = await openSale()
    await redis.command('SET', sale.keys[name], 'something else')
    const before = await sale.content()
    for (const answer of await answersOf(sale))
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } })
    await expect(sale.gate.view(sale.id)).rejects.toMatchObject({ code: 'unavailable' })
    expect(await sale.content()).toEqual(before)
  },
)

test.each([1, 3, 7])(
  'the view of a gate of epoch 3 compares the parts of that epoch, for a caller who knows epoch %i',
  async (epochKnown) => {
    const sale = await armGate(redis, { epoch: 3 })
    await sale.gate.decide(sale.id, 3, grantRequests(2))
    expect(await sale.gate.view(sale.id, epochKnown)).toMatchObject({ armed: true, epoch: 3, granted: 2 })
    await redis.command('DEL', sale.keys.winners)
    expect(await sale.gate.view(sale.id, epochKnown)).toMatchObject({ armed: false, epoch: 3, granted: 2 })
  },
)

test('parts that agree again are believed again: a key that was restored as it was costs nothing', async () => {
  const sale = await openSale()
  const backup = `${sale.keys.winners}:backup`
  await redis.command('RENAME', sale.keys.winners, backup)
  await expectRefused(sale)
  await redis.command('RENAME', backup, sale.keys.winners)
  const again = await sale.gate.decide(sale.id, 1, [sale.winner])
  expect(again).toMatchObject({ decisions: [{ kind: 'won', confirmed: true }] })
})

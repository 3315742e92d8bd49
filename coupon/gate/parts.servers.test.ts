import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { RedisClient } from '../../platform/redis.ts'
import {
  type ArmedGate,
  armGate,
  grantRequest,
  grantRequests,
  openRedis,
} from '../../test/harness/values/armed-gate.ts'
import type { GrantRequest } from './decision.ts'
import type { OutboxEntry } from './outbox-entry.ts'

let redis: RedisClient
beforeAll(async () => {
  redis = await openRedis(inject('gatesRedisUrl'))
})
afterAll(() => redis.close())

/** A complete gate: two winners, one of them waiting in the outbox, and free ranks. */
type PreparedGate = ArmedGate & { winner: GrantRequest; waiting: OutboxEntry }
const prepareGate = async (): Promise<PreparedGate> => {
  const armed = await armGate(redis, { free: [1, 2, 3], stock: 10 })
  const winner = grantRequest()
  const first = await armed.gate.decide(armed.id, 1, [winner])
  const second = await armed.gate.decide(armed.id, 1, grantRequests(1))
  if (first.kind !== 'decided' || second.kind !== 'decided' || !first.entry || !second.entry)
    throw new Error('lost')
  await armed.gate.confirm(armed.id, 1, [first.entry])
  return { ...armed, winner, waiting: second.entry }
}

const answersOf = ({ id, gate, winner, waiting }: PreparedGate) =>
  Promise.allSettled([
    gate.decide(id, 1, [grantRequest()]),
    gate.decide(id, 1, [winner]),
    gate.confirm(id, 1, [waiting]),
    gate.look(id, 1, [{ userId: winner.userId, slot: 1 }]),
  ])

/** Whether the view of the gate is armed. */
const isShownArmed = async ({ id, gate }: PreparedGate): Promise<boolean> => (await gate.view(id)).armed

const expectRefused = async (prepared: PreparedGate): Promise<void> => {
  const before = await prepared.content()
  for (const answer of await answersOf(prepared))
    expect(answer).toMatchObject({ status: 'fulfilled', value: { kind: 'recovering' } })
  expect(await isShownArmed(prepared)).toBe(false)
  expect(await prepared.content()).toEqual(before)
}

test('a complete gate answers, and its view is armed', async () => {
  const prepared = await prepareGate()
  expect(await isShownArmed(prepared)).toBe(true)
  const answers = await answersOf(prepared)
  expect(answers.map((answer) => answer.status === 'fulfilled' && answer.value.kind)).toEqual([
    'decided',
    'decided',
    'confirmed',
    'looked',
  ])
})

describe('a missing or wrong part', () => {
  test.each(['gate', 'winners', 'outbox', 'free'] as const)(
    'without its key %s a gate is recovering',
    async (name) => {
      const prepared = await prepareGate()
      expect(await redis.command('DEL', prepared.keys[name])).toBe(1)
      await expectRefused(prepared)
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
  ])('without its field %s a gate is recovering', async (field) => {
    const prepared = await prepareGate()
    expect(await redis.command('HDEL', prepared.keys.gate, field)).toBe(1)
    await expectRefused(prepared)
  })

  test('the test above knows every field of a gate', async () => {
    // A gate of an earlier release lacks these. Without `holdMs` a hold lasts until the moment it names, and
    // without `lastGrantAtMs` the API does not say when it was sold out.
    const { holdMs, lastGrantAtMs, ...required } = await (await prepareGate()).fields()
    expect(Math.min(Number(holdMs), Number(lastGrantAtMs))).toBeGreaterThanOrEqual(0)
    expect(Object.keys(required)).toHaveLength(17)
  })

  test.each<[string, (prepared: PreparedGate) => Promise<unknown>]>([
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
  ])('a gate whose parts disagree is recovering: %s', async (_, change) => {
    const prepared = await prepareGate()
    await change(prepared)
    await expectRefused(prepared)
  })

  test.each(['gate', 'winners', 'outbox', 'free'] as const)(
    'with a key %s of another type a gate is unavailable, and nothing is changed',
    async (name) => {
      const prepared = await prepareGate()
      await redis.command('SET', prepared.keys[name], 'something else')
      const before = await prepared.content()
      for (const answer of await answersOf(prepared))
        expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } })
      await expect(prepared.gate.view(prepared.id)).rejects.toMatchObject({ code: 'unavailable' })
      expect(await prepared.content()).toEqual(before)
    },
  )
})

test.each([1, 3, 7])(
  'a view compares the parts of epoch 3 for a caller that knows epoch %i',
  async (epochKnown) => {
    const prepared = await armGate(redis, { epoch: 3 })
    await prepared.gate.decide(prepared.id, 3, grantRequests(2))
    expect(await prepared.gate.view(prepared.id, epochKnown)).toMatchObject({
      armed: true,
      epoch: 3,
      granted: 2,
    })
    await redis.command('DEL', prepared.keys.winners)
    expect(await prepared.gate.view(prepared.id, epochKnown)).toMatchObject({
      armed: false,
      epoch: 3,
      granted: 2,
    })
  },
)

test('a gate whose parts agree again, after a restored key, answers as before', async () => {
  const prepared = await prepareGate()
  const backup = `${prepared.keys.winners}:backup`
  await redis.command('RENAME', prepared.keys.winners, backup)
  await expectRefused(prepared)
  await redis.command('RENAME', backup, prepared.keys.winners)
  const again = await prepared.gate.decide(prepared.id, 1, [prepared.winner])
  expect(again).toMatchObject({ decisions: [{ kind: 'won', confirmed: true }] })
})

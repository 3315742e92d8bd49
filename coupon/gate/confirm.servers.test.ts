import { randomUUID } from 'node:crypto'
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
import { stopScript } from './scripts.ts'

let redis: RedisClient
beforeAll(async () => {
  redis = await openRedis(inject('gatesRedisUrl'))
})
afterAll(() => redis.close())

const epoch = 2
const grantTo = async ({ id, gate }: ArmedGate, requests: GrantRequest[]): Promise<OutboxEntry> => {
  const decided = await gate.decide(id, epoch, requests)
  if (decided.kind !== 'decided' || decided.entry === undefined) throw new Error(JSON.stringify(decided))
  return decided.entry
}
const waiting = async ({ keys, fields }: ArmedGate): Promise<Record<string, number>> => {
  const { entriesAppended, entriesDeleted, grantsPending } = await fields()
  return {
    outbox: Number(await redis.command('XLEN', keys.outbox)),
    entries: Number(entriesAppended) - Number(entriesDeleted),
    grants: Number(grantsPending),
  }
}

describe('entries and counts', () => {
  test('a confirm deletes its entries and no others, and counts them and their grants', async () => {
    const armed = await armGate(redis, { epoch })
    const [one, two, three] = [
      await grantTo(armed, grantRequests(2)),
      await grantTo(armed, grantRequests(3)),
      await grantTo(armed, grantRequests(1)),
    ]
    expect(await waiting(armed)).toEqual({ outbox: 3, entries: 3, grants: 6 })
    expect(await armed.gate.confirm(armed.id, epoch, [three, one])).toEqual({ kind: 'confirmed' })
    expect(await waiting(armed)).toEqual({ outbox: 1, entries: 1, grants: 3 })
    expect(await armed.gate.confirm(armed.id, epoch, [two])).toEqual({ kind: 'confirmed' })
    expect(await waiting(armed)).toEqual({ outbox: 0, entries: 0, grants: 0 })
  })

  test('an entry that is gone already is confirmed and counted once', async () => {
    const armed = await armGate(redis, { epoch })
    const [one, two] = [await grantTo(armed, grantRequests(2)), await grantTo(armed, grantRequests(3))]
    await armed.gate.confirm(armed.id, epoch, [one])
    expect(await armed.gate.confirm(armed.id, epoch, [one, two, two])).toEqual({ kind: 'confirmed' })
    expect(await waiting(armed)).toEqual({ outbox: 0, entries: 0, grants: 0 })
    const before = await armed.content()
    expect(await armed.gate.confirm(armed.id, epoch, [one, two])).toEqual({ kind: 'confirmed' })
    expect(await armed.content()).toEqual(before)
  })

  test('relays that confirm the same entries at once count each entry once', async () => {
    const armed = await armGate(redis, { epoch, stock: 100 })
    const entries = await Promise.all(Array.from({ length: 20 }, () => grantTo(armed, grantRequests(3))))
    await Promise.all([1, 2, 3].map(() => armed.gate.confirm(armed.id, epoch, entries)))
    expect(await waiting(armed)).toEqual({ outbox: 0, entries: 0, grants: 0 })
  })
})

describe('gates that confirm or refuse', () => {
  test.each([
    ['paused', { state: 'paused' }],
    ['closed', { state: 'closed' }],
    ['past its end', { closesAtMs: 1 }],
    ['no longer open', { opensAtMs: 9_000_000_000_000 }],
    ['left with less stock than it granted', { stock: 0 }],
  ])('a gate that is %s still confirms', async (_, fields) => {
    const armed = await armGate(redis, { epoch })
    const entry = await grantTo(armed, grantRequests(2))
    await armed.set(fields)
    expect(await armed.gate.confirm(armed.id, epoch, [entry])).toEqual({ kind: 'confirmed' })
    expect(await waiting(armed)).toEqual({ outbox: 0, entries: 0, grants: 0 })
  })

  const stop = async ({ keys }: ArmedGate): Promise<void> => {
    const reply = await redis.run(stopScript, [keys.gate], [epoch, `${epoch}:${randomUUID()}`])
    expect(reply).toMatchObject(['OK', expect.stringMatching(/^[0-9a-f]{40}$/)])
  }
  const refusals: [string, (armed: ArmedGate) => Promise<unknown>, object][] = [
    ['was stopped', stop, { kind: 'recovering', reason: 'rearming' }],
    ['is of a later epoch', ({ set }) => set({ epoch: epoch + 1 }), { kind: 'epoch', epoch: epoch + 1 }],
    ['is of an earlier epoch', ({ set }) => set({ epoch: 1 }), { kind: 'epoch', epoch: 1 }],
    ['was armed on another server', ({ set }) => set({ fence: 'f'.repeat(40) }), { kind: 'recovering' }],
    [
      'is missing',
      ({ keys }) => redis.command('DEL', keys.gate),
      { kind: 'recovering', reason: 'unarmed layout' },
    ],
    [
      'lost its winners',
      ({ keys }) => redis.command('DEL', keys.winners),
      { kind: 'recovering', reason: 'unarmed winners' },
    ],
    [
      'lost an entry',
      ({ keys }) => redis.command('XDEL', keys.outbox, `${epoch}-1`),
      { kind: 'recovering', reason: 'unarmed outbox' },
    ],
  ]
  test.each(refusals)('a gate that %s confirms nothing and stays as it is', async (_, change, answer) => {
    const armed = await armGate(redis, { epoch })
    const [one, two] = [await grantTo(armed, grantRequests(2)), await grantTo(armed, grantRequests(1))]
    await change(armed)
    const before = await armed.content()
    expect(await armed.gate.confirm(armed.id, epoch, [two])).toMatchObject(answer)
    expect(await armed.gate.confirm(armed.id, epoch, [one, two])).toMatchObject(answer)
    expect(await armed.content()).toEqual(before)
  })
})

describe('winners', () => {
  test('a winner who asks again is pending while the entry is there, then has won', async () => {
    const armed = await armGate(redis, { epoch, stock: 100 })
    const groups = [grantRequests(3), grantRequests(1), grantRequests(5), grantRequests(2)]
    const entries: OutboxEntry[] = []
    for (const group of groups) entries.push(await grantTo(armed, group))
    await armed.gate.confirm(
      armed.id,
      epoch,
      entries.filter((_, index) => index % 2 === 1),
    )

    const users = groups.flat().map(({ userId }) => ({ userId, slot: 1 }))
    const expected = groups.flatMap((group, index) => group.map(() => index % 2 === 1))
    const decided = await armed.gate.decide(armed.id, epoch, groups.flat())
    const looked = await armed.gate.look(armed.id, epoch, [
      ...users,
      { userId: grantRequest().userId, slot: 1 },
    ])
    if (decided.kind !== 'decided' || looked.kind !== 'looked') throw new Error('refused')
    expect(decided.decisions.map((decision) => decision.kind === 'won' && decision.confirmed)).toEqual(
      expected,
    )
    expect(looked.found.map((held) => held?.confirmed)).toEqual([...expected, undefined])
    expect(looked.found.slice(0, -1).map((held) => held?.grant)).toEqual(
      entries.flatMap(({ grants }) => grants),
    )
  })

  test('rebuilt grants count as confirmed, whatever the outbox holds', async () => {
    const winners = { '1:early': `${grantRequest().couponId}|1|1700000000000|0` }
    const armed = await armGate(redis, { epoch, winners })
    await grantTo(armed, grantRequests(2))
    const looked = await armed.gate.look(armed.id, epoch, [{ userId: 'early', slot: 1 }])
    expect(looked).toMatchObject({
      found: [{ confirmed: true, grant: { rank: 1, grantedAtMs: 1_700_000_000_000 } }],
    })
  })
})

import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { RedisClient } from '../../platform/redis.ts'
import { newUser } from '../../test/harness/processes/http-client.ts'
import {
  armGate,
  contentOf,
  grantRequest,
  grantRequests,
  openRedis,
} from '../../test/harness/values/armed-gate.ts'
import type { Decision } from './decision.ts'
import { createGate, type DecideResult } from './gate.ts'

let redis: RedisClient
let others: RedisClient[]
beforeAll(async () => {
  const url = inject('gatesRedisUrl')
  redis = await openRedis(url)
  others = await Promise.all([openRedis(url), openRedis(url), openRedis(url)])
})
afterAll(() => [redis, ...others].forEach((client) => client.close()))

const decidedOf = (decided: DecideResult): Extract<DecideResult, { kind: 'decided' }> => {
  if (decided.kind !== 'decided') throw new Error(`not decided: ${JSON.stringify(decided)}`)
  return decided
}
const rankOf = (decision: Decision | undefined): number | string =>
  decision === undefined ? 'nothing' : 'grant' in decision ? decision.grant.rank : decision.kind

/** The outbox as Redis holds it: id, count, and the lines of the grants. */
const entriesOf = async (outbox: string): Promise<{ id: string; count: string; grants: string[] }[]> => {
  const entries = (await redis.command('XRANGE', outbox, '-', '+')) as [string, string[]][]
  return entries.map(([id, [, count = '', , , , grants = '']]) => ({ id, count, grants: grants.split('\n') }))
}

describe('outbox entries', () => {
  test('a call appends one outbox entry with its new grants, named by epoch and first grant', async () => {
    const { gate, id, keys } = await armGate(redis, { epoch: 7 })
    const [first, second, third] = [grantRequest(), grantRequest(), grantRequest()]
    const one = decidedOf(await gate.decide(id, 7, [first, second]))
    const two = decidedOf(await gate.decide(id, 7, [second, third]))
    expect(one.entry).toMatchObject({ campaignId: id, epoch: 7, number: 1 })
    expect(two.entry).toMatchObject({ campaignId: id, epoch: 7, number: 3 })
    expect(one.entry?.grants).toEqual([
      { ...first, campaignId: id, rank: 1, epoch: 7, grantedAtMs: one.nowMs },
      { ...second, campaignId: id, rank: 2, epoch: 7, grantedAtMs: one.nowMs },
    ])
    expect(await entriesOf(keys.outbox)).toEqual([
      {
        id: '7-1',
        count: '2',
        grants: [`${first.couponId},1,1,${first.userId}`, `${second.couponId},1,2,${second.userId}`],
      },
      { id: '7-3', count: '1', grants: [`${third.couponId},1,3,${third.userId}`] },
    ])
  })

  test('a call without a new grant appends nothing', async () => {
    const { gate, id, keys } = await armGate(redis, { stock: 1 })
    const winner = grantRequest()
    await gate.decide(id, 1, [winner])
    expect(decidedOf(await gate.decide(id, 1, [winner, grantRequest()])).entry).toBeUndefined()
    expect(await entriesOf(keys.outbox)).toHaveLength(1)
  })

  test.each([
    ['when it is sold out', {}],
    ['while it is paused', { state: 'paused' }],
    ['after it was closed', { state: 'closed' }],
    ['before it opens', { opensAtMs: 9_000_000_000_000 }],
    ['after its last moment', { closesAtMs: 1 }],
    ['while the outbox is full', { stock: 9, grantsPending: 200_000 }],
    ['while units are held', { stock: 9, grantableFromMs: 9_000_000_000_000, holdMs: 9_000_000_000_000 }],
  ])('losers write nothing %s', async (_, changes) => {
    const { gate, id, set, content } = await armGate(redis, { stock: 2 })
    await gate.decide(id, 1, grantRequests(2))
    await set({ version: 2, ...changes })
    const before = await content()
    const { decisions, entry } = decidedOf(
      await gate.decide(id, 1, [...grantRequests(50), grantRequest({ slot: 2 })]),
    )
    expect(decisions.some((decision) => 'grant' in decision)).toBe(false)
    expect(entry).toBeUndefined()
    expect(await content()).toEqual(before)
  })
})

describe('ranks and users', () => {
  test('free ranks are reused lowest first, then the next rank', async () => {
    const winners = { '1:early': `${grantRequest().couponId}|2|1700000000000|0` }
    const { gate, id, keys, fields } = await armGate(redis, {
      winners,
      free: [1, 3, 4],
      nextRank: 5,
      stock: 100,
    })
    const calls = [await gate.decide(id, 1, grantRequests(2)), await gate.decide(id, 1, grantRequests(3))]
    expect(calls.map((call) => decidedOf(call).decisions.map(rankOf))).toEqual([
      [1, 3],
      [4, 5, 6],
    ])
    expect(await redis.command('LLEN', keys.free)).toBe(0)
    expect(await fields()).toMatchObject({ granted: '6', nextRank: '7' })
  })

  test('a gate from before times of grants were kept is armed, and knows none until its next grant', async () => {
    const { gate, id, keys } = await armGate(redis)
    await redis.command('HDEL', keys.gate, 'lastGrantAtMs')
    expect(await gate.view(id, 1)).toMatchObject({ armed: true, lastGrantAtMs: 0 })
    const { nowMs } = decidedOf(await gate.decide(id, 1, grantRequests(2)))
    expect(await gate.view(id, 1)).toMatchObject({ armed: true, lastGrantAtMs: nowMs })
  })

  test('the same user twice in one call holds one coupon; the second request refers to it', async () => {
    const { gate, id, keys } = await armGate(redis, { stock: 2, perUserLimit: 2 })
    const userId = newUser()
    const { decisions } = decidedOf(
      await gate.decide(id, 1, [
        grantRequest({ userId }),
        grantRequest({ userId }),
        grantRequest({ userId, slot: 2 }),
        grantRequest({ userId }),
      ]),
    )
    expect(decisions.map(({ kind }) => kind)).toEqual(['granted', 'same', 'granted', 'same'])
    expect(decisions[1]).toEqual({ kind: 'same', index: 0 })
    expect(await redis.command('HLEN', keys.winners)).toBe(2)
    const loser = newUser()
    const lost = decidedOf(
      await gate.decide(id, 1, [grantRequest({ userId: loser }), grantRequest({ userId: loser })]),
    )
    expect(lost.decisions).toEqual([{ kind: 'sold-out' }, { kind: 'same', index: 0 }])
  })

  test('ranks are gapless and unique over many concurrent calls of several clients', async () => {
    const stock = 1_500
    const { id, keys, gate } = await armGate(redis, { stock })
    const gates = [gate, ...others.map((client) => createGate(client, { outboxGrantsMax: 200_000 }))]
    const calls = await Promise.all(
      Array.from({ length: 48 }, async (_, call) =>
        gates[call % gates.length]?.decide(id, 1, grantRequests(1 + (call % 3) * 40)),
      ),
    )
    const decided = calls.flatMap((call) => (call === undefined ? [] : [decidedOf(call)]))
    const ranks = decided.flatMap(({ decisions }) => decisions.map(rankOf))
    const granted = ranks.filter((rank) => typeof rank === 'number').sort((left, right) => left - right)
    expect(granted).toEqual(Array.from({ length: stock }, (_, index) => index + 1))
    expect(new Set(ranks.filter((rank) => typeof rank === 'string'))).toEqual(new Set(['sold-out']))
    const entries = await entriesOf(keys.outbox)
    expect(entries.flatMap(({ grants }) => grants)).toHaveLength(stock)
    expect(entries.map(({ id: name }) => name)).toEqual(
      decided
        .flatMap(({ entry }) => (entry === undefined ? [] : [entry.number]))
        .sort((a, b) => a - b)
        .map((number) => `1-${number}`),
    )
  })

  test('a user id of every allowed character, and one of 64, is stored and found unchanged', async () => {
    const { gate, id } = await armGate(redis)
    const users = ['aZ09._~@|:+-', '1:x|2', '-', `${newUser()}${'x'.repeat(64)}`.slice(0, 64)]
    await gate.decide(
      id,
      1,
      users.map((userId) => grantRequest({ userId })),
    )
    const looked = await gate.look(
      id,
      1,
      users.map((userId) => ({ userId, slot: 1 })),
    )
    expect(looked.kind === 'looked' && looked.found.map((held) => held?.grant.userId)).toEqual(users)
  })

  test('A and a are two users, and slot 1 of "0:x" is not slot 10 of ":x"', async () => {
    const { gate, id, keys } = await armGate(redis, { perUserLimit: 10 })
    await gate.decide(id, 1, [
      grantRequest({ userId: 'A' }),
      grantRequest({ userId: 'a' }),
      grantRequest({ userId: '0:x' }),
      grantRequest({ userId: ':x', slot: 10 }),
    ])
    expect(await redis.command('HLEN', keys.winners)).toBe(4)
  })
})

test('256 users are decided in one call, and all of them may be winners already', async () => {
  const { gate, id, keys } = await armGate(redis, {
    stock: 256,
    free: Array.from({ length: 200 }, (_, index) => index + 1),
  })
  const many = grantRequests(256)
  const { decisions } = decidedOf(await gate.decide(id, 1, many))
  expect(decisions.map(rankOf)).toEqual(Array.from({ length: 256 }, (_, index) => index + 1))
  expect(await redis.command('XLEN', keys.outbox)).toBe(1)
  const again = decidedOf(await gate.decide(id, 1, many))
  expect(again.decisions.map(rankOf)).toEqual(decisions.map(rankOf))
  expect(again.decisions.every((decision) => decision.kind === 'won' && !decision.confirmed)).toBe(true)
})

test('an unknown campaign leaves no key', async () => {
  const { gate, id } = await armGate(redis)
  const unknown = id.replace(/.{12}$/, 'aaaaaaaaaaaa')
  expect((await gate.decide(unknown, 1, [grantRequest()])).kind).toBe('recovering')
  expect((await gate.look(unknown, 1, [{ userId: 'a', slot: 1 }])).kind).toBe('recovering')
  expect((await gate.view(unknown)).armed).toBe(false)
  expect(await contentOf(redis, `fc:{${unknown}}:*`)).toEqual({})
})

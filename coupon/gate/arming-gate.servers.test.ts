import { randomUUID, randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { RedisClient } from '../../platform/redis.ts'
import {
  armGate,
  contentOf,
  grantRequest,
  grantRequests,
  openRedis,
  pairsOf,
} from '../../test/harness/values/armed-gate.ts'
import { freeKey, gateKey, outboxKey, winnersKey } from './keys.ts'
import { flipScript, stopScript } from './scripts.ts'

let redis: RedisClient
beforeAll(async () => {
  redis = await openRedis(inject('gatesRedisUrl'))
})
afterAll(() => redis.close())

const claimOf = (epoch: number): string => `${epoch}:${randomUUID()}`
const stop = (id: string, epoch: number, claim = claimOf(epoch)): Promise<unknown> =>
  redis.run(stopScript, [gateKey(id)], [epoch, claim])
const fieldsOf = async (id: string) => pairsOf(await redis.command('HGETALL', gateKey(id)))

describe('stop', () => {
  test('stop makes a gate that answers nothing, does not expire and carries the claim', async () => {
    const [id, claim] = [randomUUIDv7(), claimOf(0)]
    expect(await stop(id, 0, claim)).toEqual(['OK', expect.stringMatching(/^[0-9a-f]{40}$/)])
    expect(await contentOf(redis, `fc:{${id}}:*`)).toEqual({
      [gateKey(id)]: [-1, { state: 'rearming', claim }],
    })
  })

  test('stop on an open gate ends grants and confirms, and removes an expiry', async () => {
    const { id, gate, keys } = await armGate(redis)
    const decided = await gate.decide(id, 1, grantRequests(1))
    if (decided.kind !== 'decided' || decided.entry === undefined) throw new Error('not granted')
    await redis.command('PEXPIRE', keys.gate, 3_600_000)
    expect(await stop(id, 1)).toMatchObject(['OK', expect.any(String)])
    for (const answer of [
      await gate.decide(id, 1, grantRequests(1)),
      await gate.confirm(id, 1, [decided.entry]),
    ])
      expect(answer).toEqual({ kind: 'recovering', reason: 'rearming' })
    expect(await gate.look(id, 1, [{ userId: grantRequest().userId, slot: 1 }])).toEqual({
      kind: 'recovering',
      reason: 'rearming',
    })
    expect(await redis.command('PTTL', keys.gate)).toBe(-1)
  })

  test('a later stop of the same epoch takes over the claim', async () => {
    const id = randomUUIDv7()
    const [first, second] = [claimOf(0), claimOf(0)]
    await stop(id, 0, first)
    await stop(id, 0, second)
    expect((await fieldsOf(id))['claim']).toBe(second)
  })

  test('a stop with an epoch below that of the gate or of a claim changes nothing', async () => {
    const { id } = await armGate(redis, { epoch: 5 })
    const before = await fieldsOf(id)
    expect(await stop(id, 4)).toEqual(['EPOCH', '5'])
    expect(await fieldsOf(id)).toEqual(before)
    const other = randomUUIDv7()
    await stop(other, 3)
    expect(await stop(other, 2)).toEqual(['EPOCH', '3'])
    expect((await fieldsOf(other))['claim']).toMatch(/^3:/)
  })

  test.each([
    ['an epoch that is not a number', ['x', '0:a']],
    ['no claim', ['0']],
    ['a claim without an epoch', ['0', 'a']],
    ['a claim without a name', ['0', '0:']],
  ])('stop refuses %s and leaves no trace', async (_, args) => {
    const id = randomUUIDv7()
    await expect(redis.run(stopScript, [gateKey(id)], args)).rejects.toMatchObject({ code: 'defect' })
    expect(await contentOf(redis, `fc:{${id}}:*`)).toEqual({})
  })
})

const keysOf = (id: string, epoch: number) => [
  gateKey(id),
  winnersKey(id, epoch),
  outboxKey(id, epoch),
  freeKey(id, epoch),
]

/** A gate that was stopped, with keys rebuilt for epoch 2: two winners and one free rank. */
const rebuilt = async () => {
  const [id, claim] = [randomUUIDv7(), claimOf(1)]
  const [, fence = ''] = (await stop(id, 1, claim)) as string[]
  const [, winners = '', outbox = '', free = ''] = keysOf(id, 2)
  await redis.command(
    'HSET',
    winners,
    '1:a',
    `${grantRequest().couponId}|1|1|0`,
    '1:b',
    `${grantRequest().couponId}|3|1|0`,
  )
  await redis.command('RPUSH', free, 2)
  for (const key of [winners, free]) await redis.command('PEXPIRE', key, 3_600_000)
  return { id, claim, fence, winners, outbox, free }
}
type RebuiltGate = Awaited<ReturnType<typeof rebuilt>>
const argumentsOf = ({ fence, claim }: RebuiltGate): (string | number)[] => [
  ...[1, 2, fence, claim, 2, 1, 4, 1, 0],
  ...['paused', 10, 1, 9_000_000_000_000, 3, 7, '{}'],
]

describe('flip', () => {
  test('flip opens the gate with the given settings and makes the rebuilt keys permanent', async () => {
    const made = await rebuilt()
    expect(await redis.run(flipScript, keysOf(made.id, 2), argumentsOf(made))).toEqual([
      'OK',
      expect.any(Number),
      0,
      7,
    ])
    const fields = await fieldsOf(made.id)
    expect(fields).toMatchObject({
      ...{
        layout: '1',
        epoch: '2',
        fence: made.fence,
        claim: made.claim,
        state: 'paused',
        granted: '2',
        lastGrantAtMs: '1',
        nextRank: '4',
      },
      ...{
        entriesAppended: '0',
        entriesDeleted: '0',
        grantsPending: '0',
        stock: '10',
        opensAtMs: '1',
        version: '7',
      },
      ...{ closesAtMs: '9000000000000', perUserLimit: '3', document: '{}' },
    })
    for (const key of [made.winners, made.free]) expect(await redis.command('PTTL', key)).toBe(-1)
  })

  test.each<[string, (made: RebuiltGate) => Promise<unknown>]>([
    ['claim', ({ id }) => stop(id, 1)],
    ['state', ({ id }) => redis.command('HSET', gateKey(id), 'state', 'open')],
    ['state', ({ id }) => redis.command('DEL', gateKey(id))],
    ['winners', ({ winners }) => redis.command('DEL', winners)],
    ['winners', ({ winners }) => redis.command('HSET', winners, '1:c', 'x|9|1|0')],
    ['outbox', ({ outbox }) => redis.command('XADD', outbox, '2-1', 'count', 1)],
    ['free', ({ free }) => redis.command('DEL', free)],
    ['free', ({ free }) => redis.command('RPUSH', free, 9)],
  ])('flip opens nothing when it lost its %s', async (what, change) => {
    const made = await rebuilt()
    await change(made)
    const before = Object.keys(await contentOf(redis, `fc:{${made.id}}:*`))
    const fields = await fieldsOf(made.id)
    expect(await redis.run(flipScript, keysOf(made.id, 2), argumentsOf(made))).toEqual(['LOST', what])
    expect(await fieldsOf(made.id)).toEqual(fields)
    expect(Object.keys(await contentOf(redis, `fc:{${made.id}}:*`))).toEqual(before)
  })

  test('flip accepts only the fence that stop returned', async () => {
    const made = await rebuilt()
    const elsewhere = argumentsOf({ ...made, fence: 'f'.repeat(40) })
    expect(await redis.run(flipScript, keysOf(made.id, 2), elsewhere)).toEqual(['LOST', 'fence'])
    expect((await fieldsOf(made.id))['state']).toBe('rearming')
  })

  test('flip refuses a value that is not a number and an unknown state, without a trace', async () => {
    const made = await rebuilt()
    const good = argumentsOf(made)
    const before = await contentOf(redis, `fc:{${made.id}}:*`)
    const wrong = [1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map((at) =>
      good.map((value, index) => (index === at ? 'x' : value)),
    )
    for (const args of [...wrong, good.slice(1), [...good, 1], []])
      await expect(redis.run(flipScript, keysOf(made.id, 2), args)).rejects.toMatchObject({ code: 'defect' })
    const after = await contentOf(redis, `fc:{${made.id}}:*`)
    expect(Object.keys(after)).toEqual(Object.keys(before))
    expect(await fieldsOf(made.id)).toEqual({ state: 'rearming', claim: made.claim })
  })
})

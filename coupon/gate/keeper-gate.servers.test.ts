import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { RedisClient } from '../../platform/redis.ts'
import {
  type ArmedGate,
  armGate,
  type GateChanges,
  grantRequest,
  grantRequests,
  openRedis,
} from '../../test/harness/values/armed-gate.ts'
import { createKeeperGate } from './keeper-gate.ts'
import { unrecordedKey } from './keys.ts'
import { registerScript, retireScript } from './scripts.ts'

let redis: RedisClient
beforeAll(async () => {
  redis = await openRedis(inject('gatesRedisUrl'))
})
afterAll(() => redis.close())

const listOf = (id: string): string[] => [`fc:test:${id}`, `fc:test:${id}:retired`]
const list = (id: string): Promise<unknown> => redis.run(registerScript, listOf(id), ['all', id, 1])
const retire = ({ id, keys }: ArmedGate, epoch: number, version: number): Promise<unknown> =>
  redis.run(
    retireScript,
    [keys.gate, keys.winners, keys.outbox, keys.free, ...listOf(id), unrecordedKey],
    [id, epoch, version],
  )
/** A gate of epoch 2 and version 3 that closed a minute ago. */
const closedGate = (changes: GateChanges = {}): Promise<ArmedGate> =>
  armGate(redis, { epoch: 2, version: 3, closesAtMs: Date.now() - 60_000, ...changes })

test.each<[string, GateChanges, [number, number], string[]]>([
  ['of a later epoch than the ledger knows', {}, [1, 3], ['EPOCH', '2']],
  ['of an earlier epoch', {}, [3, 3], ['EPOCH', '2']],
  ['of a later version than was audited', {}, [2, 2], ['VERSION', '3']],
  ['of an earlier version than was audited', {}, [2, 4], ['VERSION', '3']],
  ['that is open', { closesAtMs: Date.now() + 3_600_000 }, [2, 3], ['OPEN', 'open']],
])('retire removes no gate %s', async (_, changes, [epoch, version], answer) => {
  const armed = await closedGate(changes)
  await list(armed.id)
  const before = await armed.content()
  expect(await retire(armed, epoch, version)).toEqual(answer)
  expect(await armed.content()).toEqual(before)
})

test('retire removes no gate with grants that are not confirmed', async () => {
  const armed = await closedGate({ closesAtMs: Date.now() + 3_600_000 })
  await list(armed.id)
  await armed.gate.decide(armed.id, 2, grantRequests(3))
  await armed.set({ closesAtMs: Date.now() - 60_000 })
  const before = await armed.content()
  expect(await retire(armed, 2, 3)).toEqual(['OUTBOX', '1'])
  expect(await armed.content()).toEqual(before)
})

test('retire removes nothing on a server without a complete list', async () => {
  const armed = await closedGate()
  const before = await armed.content()
  expect(await retire(armed, 2, 3)).toEqual(['LOST', ''])
  expect(await armed.content()).toEqual(before)
})

test('retire removes a closed gate as it was audited, and may be repeated', async () => {
  const armed = await closedGate()
  await list(armed.id)
  await redis.command('HSET', unrecordedKey, armed.id, '2:0')
  expect([await retire(armed, 2, 3), await retire(armed, 2, 3)]).toEqual([['OK'], ['OK']])
  expect(await armed.content()).toEqual({})
  expect(await redis.command('HGET', unrecordedKey, armed.id)).toBeNull()
})

test('an old copy of a gate, which can no longer grant, is removed whatever it holds', async () => {
  const armed = await closedGate({ closesAtMs: Date.now() + 3_600_000, version: 1 })
  await list(armed.id)
  await armed.set({ fence: 'f'.repeat(40) })
  expect(await retire(armed, 2, 3)).toEqual(['OK'])
  expect(await armed.content()).toEqual({})
})

test('an outbox entry from the future is overdue: the clock went back since it was granted', async () => {
  const gate = await armGate(redis)
  const grant = grantRequest()
  await gate.gate.decide(gate.id, 1, [grant])
  const [[, fields]] = (await redis.command('XRANGE', gate.keys.outbox, '-', '+')) as [[string, string[]]]
  const grants = fields[5] ?? ''
  await redis.command('DEL', gate.keys.outbox)
  const future = Date.now() + 60_000
  await redis.command('XADD', gate.keys.outbox, '1-1', 'count', 1, 'grantedAtMs', future, 'grants', grants)
  expect(await createKeeperGate(redis).inspect(gate.id, 1, 2_500, 10)).toMatchObject({
    kind: 'in-order',
    overdue: [{ number: 1, grants: [{ userId: grant.userId }] }],
  })
})

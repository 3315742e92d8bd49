import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { RedisClient } from '../../platform/redis.ts'
import { armGate, grantRequest, openRedis } from '../../test/harness/values/armed-gate.ts'
import { createKeeperGate } from './keeper-gate.ts'
import { registerScript, retireScript } from './scripts.ts'

let redis: RedisClient
beforeAll(async () => {
  redis = await openRedis(inject('environment')['REDIS_URL'] ?? '')
})
afterAll(() => redis.close())

test.each([
  ['of a later epoch than the ledger knows', 1, true, ['EPOCH', '2']],
  ['on a server without a complete list', 2, false, ['LOST', '']],
])('retire leaves a gate alone that is %s', async (_, epoch, isListed, answer) => {
  const { id, keys, content } = await armGate(redis, { epoch: 2 })
  const list = [`fc:test:${id}`, `fc:test:${id}:retired`]
  if (isListed) await redis.run(registerScript, list, ['all', id, 1])
  const before = await content()
  const retire = (ofEpoch: number) =>
    redis.run(retireScript, [keys.gate, keys.winners, keys.outbox, keys.free, ...list], [id, ofEpoch])
  expect(await retire(epoch)).toEqual(answer)
  expect(await content()).toEqual(before)
  await redis.run(registerScript, list, ['all', id, 1])
  expect([await retire(2), await retire(2)]).toEqual([['OK'], ['OK']])
  expect(await content()).toEqual({})
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

import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { RedisClient } from '../../platform/redis.ts'
import { armGate, openRedis } from '../../test/harness/values/armed-gate.ts'
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

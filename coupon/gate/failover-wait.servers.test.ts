import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRedis } from '../../test/harness/values/gates.ts'
import { follow, type OwnRedis, startOwnRedis } from '../../test/harness/servers/redises.ts'
import type { RedisClient } from '../../platform/redis.ts'
import { failoverWaitMs } from './failover-wait.ts'

let [master, replica]: OwnRedis[] = []
let silent: RedisClient
beforeAll(async () => {
  ;[master, replica] = await Promise.all([startOwnRedis(), startOwnRedis()])
  await master.control.command('ACL', 'SETUSER', 'silent', 'on', '>word', '~*', '&*', '+@all', '-config')
  silent = await openRedis(master.url.replace('redis://', 'redis://silent:word@'))
})
afterAll(async () => {
  silent.close()
  await Promise.all([master?.close(), replica?.close()])
})

test('a Redis that refuses CONFIG is waited for as long as its default lag while it has replicas, and not without any', async () => {
  if (master === undefined || replica === undefined) throw new Error('the servers did not start')
  expect([await failoverWaitMs(silent), await failoverWaitMs(master.redis)]).toEqual([0, 0])
  await follow(replica, master)
  expect([await failoverWaitMs(silent), await failoverWaitMs(master.redis)]).toEqual([11_000, 0])
  await master.control.command('CONFIG', 'SET', 'min-replicas-to-write', 1, 'min-replicas-max-lag', 3)
  expect([await failoverWaitMs(silent), await failoverWaitMs(master.redis)]).toEqual([11_000, 4_000])
})

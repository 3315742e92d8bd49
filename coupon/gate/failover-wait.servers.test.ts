import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RedisClient } from '../../platform/redis.ts'
import { follow, type OwnRedis, startOwnRedis } from '../../test/harness/servers/own-redis.ts'
import { openRedis } from '../../test/harness/values/armed-gate.ts'
import { failoverWaitMs } from './failover-wait.ts'

let [master, replica]: OwnRedis[] = []
let withoutConfig: RedisClient
beforeAll(async () => {
  ;[master, replica] = await Promise.all([startOwnRedis(), startOwnRedis()])
  await master.control.command('ACL', 'SETUSER', 'restricted', 'on', '>word', '~*', '&*', '+@all', '-config')
  withoutConfig = await openRedis(master.url.replace('redis://', 'redis://restricted:word@'))
})
afterAll(async () => {
  withoutConfig.close()
  await Promise.all([master?.close(), replica?.close()])
})

test('when CONFIG is refused, the default lag is waited out only while replicas are attached', async () => {
  if (master === undefined || replica === undefined) throw new Error('the servers did not start')
  expect([await failoverWaitMs(withoutConfig), await failoverWaitMs(master.redis)]).toEqual([0, 0])
  await follow(replica, master)
  expect([await failoverWaitMs(withoutConfig), await failoverWaitMs(master.redis)]).toEqual([11_000, 0])
  await master.control.command('CONFIG', 'SET', 'min-replicas-to-write', 1, 'min-replicas-max-lag', 3)
  expect([await failoverWaitMs(withoutConfig), await failoverWaitMs(master.redis)]).toEqual([11_000, 4_000])
})

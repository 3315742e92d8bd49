import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRedis } from '../../test/harness/values/gates.ts'
import { follow, type OwnRedis, startOwnRedis } from '../../test/harness/servers/redises.ts'
import { until } from '../../test/harness/values/until.ts'
import type { RedisClient } from '../../platform/redis.ts'
import { type Finding, findingsOf } from './finding.ts'
import { redisRequirements } from './redis.ts'
import { readRedis } from './redis-reading.ts'

let own: OwnRedis
let replica: OwnRedis
beforeAll(async () => {
  ;[own, replica] = await Promise.all([startOwnRedis(), startOwnRedis()])
})
afterAll(() => Promise.all([own.close(), replica.close()]))

/** What is found by this name, and the names of all that fails. */
const examine = async (redis: RedisClient) => {
  const findings = findingsOf('Redis', redisRequirements, await readRedis(redis, Date.now))
  return {
    failed: findings.flatMap(({ status, name }) => (status === 'fail' ? [name] : [])),
    find: (name: string): Finding | undefined => findings.find((finding) => finding.name === name),
  }
}

/** Looks as a new user does, who may do what the rules say. */
const examineAs = async (...rules: string[]) => {
  const [name, password] = [`user-${randomUUID()}`, randomUUID()]
  await own.control.command('ACL', 'SETUSER', name, 'on', `>${password}`, ...rules)
  const redis = await openRedis(own.url.replace('redis://', `redis://${name}:${password}@`))
  const examined = await examine(redis)
  redis.close()
  return { ...examined, name, permissions: examined.find('permissions')?.found }
}
const setting = (name: string, value: string | number): Promise<unknown> =>
  own.control.command('CONFIG', 'SET', name, value)

test('a Redis that evicts is wrong, with the command that mends it', async () => {
  await setting('maxmemory-policy', 'allkeys-lru')
  const { failed, find } = await examine(own.redis)
  expect(failed).toEqual(['maxmemory-policy'])
  const finding = find('maxmemory-policy')
  expect(finding).toMatchObject({ status: 'fail', found: 'allkeys-lru', expected: 'noeviction' })
  expect(finding?.mend).toContain('redis-cli CONFIG SET maxmemory-policy noeviction')
  await setting('maxmemory-policy', 'noeviction')
  expect((await examine(own.redis)).failed).toEqual([])
})

test('a user that lacks INFO, a key or a channel is told each by its name', async () => {
  const { failed, permissions, find, name } = await examineAs('~fc:*', '&fc:*', '+@all', '-info')
  expect([failed, permissions]).toEqual([['permissions'], `user ${name} may not run: INFO replication`])
  expect(find('permissions')?.mend).toContain(`ACL SETUSER ${name} '~fc:*' '&fc:*' '+info'`)
  expect(find('maxmemory-policy')).toMatchObject({
    status: 'unknown',
    found: expect.stringMatching(/NOPERM/),
  })

  const narrow = await examineAs('~fc:{*', '+@all')
  expect(narrow.permissions).toContain('PUBLISH fc:campaigns')
  expect(narrow.permissions).toContain('HSET fc:campaigns')
  expect(narrow.permissions).not.toContain('gate')
  const without = await examineAs('~fc:*', '&fc:*', '+@all', '-evalsha')
  expect(without.permissions).toMatch(/NOPERM.*evalsha/)
})

test('the rules that it names are enough', async () => {
  const before = await examineAs('+@all', '-@dangerous')
  expect(before.failed).toEqual(['permissions'])
  const rules = [...(before.find('permissions')?.mend ?? '').matchAll(/'([^']+)'/g)].map(
    ([, rule = '']) => rule,
  )
  expect((await examineAs('+@all', '-@dangerous', ...rules)).permissions).toBe('all of them')
})

test('where CONFIG GET is refused, what it would tell is unknown and the rest is looked at', async () => {
  await follow(replica, own)
  const { permissions, find } = await examineAs('~fc:*', '&fc:*', '+@all', '-config')
  expect(permissions).toMatch(/: CONFIG GET min-replicas-to-write$/)
  for (const name of ['min-replicas-to-write', 'min-replicas-max-lag', 'transparent huge pages'])
    expect(find(name)).toMatchObject({ status: 'unknown', found: expect.stringMatching(/NOPERM/) })
  expect(find('maxmemory-policy')).toMatchObject({ status: 'ok' })
})

test('replicas that nobody waits for are noted, those that are waited for are well, too few are wrong', async () => {
  await follow(replica, own)
  const name = 'min-replicas-to-write'
  const before = await examine(own.redis)
  expect(before.failed).toEqual([])
  expect(before.find(name)).toMatchObject({ status: 'warn', found: '0, with 1 replica' })
  expect(before.find(name)?.mend).toContain('redis-cli CONFIG SET min-replicas-to-write 1')
  await setting(name, 1)
  // Redis counts those that follow once a second.
  const isWell = async (): Promise<boolean> => (await examine(own.redis)).find(name)?.status === 'ok'
  await until('the replica counts', isWell)
  await setting(name, 2)
  const after = await examine(own.redis)
  expect(after.failed).toEqual([name])
  // Scripts are refused by now, and who may run them is still told.
  expect(after.find('permissions')).toMatchObject({ status: 'ok' })
  await setting(name, 0)
  expect((await examine(replica.control)).failed).toContain('role')
})

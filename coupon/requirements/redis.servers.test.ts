import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RedisClient } from '../../platform/redis.ts'
import { follow, type OwnRedis, startOwnRedis } from '../../test/harness/servers/own-redis.ts'
import { openRedis } from '../../test/harness/values/armed-gate.ts'
import { until } from '../../test/harness/values/until.ts'
import { type Finding, findingsOf } from './finding.ts'
import { redisRequirements } from './redis.ts'
import { neededCommands } from './redis-commands.ts'
import { readRedis } from './redis-reading.ts'

let own: OwnRedis
let replica: OwnRedis
beforeAll(async () => {
  ;[own, replica] = await Promise.all([startOwnRedis(), startOwnRedis()])
})
afterAll(() => Promise.all([own.close(), replica.close()]))

/** The finding of a name, and the names of all that failed. */
const examine = async (redis: RedisClient) => {
  const findings = findingsOf('Redis', redisRequirements, await readRedis(redis, Date.now))
  return {
    failed: findings.flatMap(({ level, name }) => (level === 'failed' ? [name] : [])),
    find: (name: string): Finding | undefined => findings.find((finding) => finding.name === name),
  }
}

/** Examines as a new user with these rules. */
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

test('a Redis that evicts fails, with the command that fixes it', async () => {
  await setting('maxmemory-policy', 'allkeys-lru')
  const { failed, find } = await examine(own.redis)
  expect(failed).toEqual(['maxmemory-policy'])
  const finding = find('maxmemory-policy')
  expect(finding).toMatchObject({ level: 'failed', found: 'allkeys-lru', expected: 'noeviction' })
  expect(finding?.fix).toContain('redis-cli CONFIG SET maxmemory-policy noeviction')
  await setting('maxmemory-policy', 'noeviction')
  expect((await examine(own.redis)).failed).toEqual([])
})

test('a user without INFO, a key or a channel gets each by its name', async () => {
  const { failed, permissions, find, name } = await examineAs('~fc:*', '&fc:*', '+@all', '-info')
  expect([failed, permissions]).toEqual([['permissions'], `user ${name} may not run: INFO replication`])
  expect(find('permissions')?.fix).toContain(`ACL SETUSER ${name} '~fc:*' '&fc:*' '+info'`)
  expect(find('maxmemory-policy')).toMatchObject({
    level: 'unknown',
    found: expect.stringMatching(/NOPERM/),
  })

  const narrow = await examineAs('~fc:{*', '+@all')
  expect(narrow.permissions).toContain('PUBLISH fc:campaigns')
  expect(narrow.permissions).toContain('HSET fc:campaigns')
  expect(narrow.permissions).not.toContain('gate')
  const without = await examineAs('~fc:*', '&fc:*', '+@all', '-evalsha')
  expect(without.permissions).toMatch(/NOPERM.*evalsha/)
})

test('each command is asked about with as many arguments as it takes: Redis 8 refuses others', async () => {
  const short: string[] = []
  for (const line of neededCommands) {
    const words = line.split(' ')
    const [info] = (await own.control.command('COMMAND', 'INFO', words[0] ?? '')) as [string, number][]
    // How many words it takes with its name: exactly, or at least when the number is negative.
    const arity = info?.[1] ?? NaN
    const isEnough = arity < 0 ? words.length >= -arity : words.length === arity
    if (!isEnough) short.push(line)
  }
  expect(short).toEqual([])
})

test('the mode is that of the server, on Redis and on Valkey', async () => {
  const { find } = await examine(own.redis)
  expect(find('cluster mode')).toMatchObject({ level: 'ok', found: 'standalone' })
})

test('the rules in the fix are enough', async () => {
  const before = await examineAs('+@all', '-@dangerous')
  expect(before.failed).toEqual(['permissions'])
  const rules = [...(before.find('permissions')?.fix ?? '').matchAll(/'([^']+)'/g)].map(
    ([, rule = '']) => rule,
  )
  expect((await examineAs('+@all', '-@dangerous', ...rules)).permissions).toBe('all of them')
})

test('without CONFIG GET its settings are unknown and the rest is examined', async () => {
  await follow(replica, own)
  const { permissions, find } = await examineAs('~fc:*', '&fc:*', '+@all', '-config')
  expect(permissions).toMatch(/: CONFIG GET min-replicas-to-write$/)
  for (const name of ['min-replicas-to-write', 'min-replicas-max-lag', 'transparent huge pages'])
    expect(find(name)).toMatchObject({ level: 'unknown', found: expect.stringMatching(/NOPERM/) })
  expect(find('maxmemory-policy')).toMatchObject({ level: 'ok' })
})

test('replicas: a warning when no write waits for them, ok when one does, failed when too few follow', async () => {
  await follow(replica, own)
  const name = 'min-replicas-to-write'
  const before = await examine(own.redis)
  expect(before.failed).toEqual([])
  expect(before.find(name)).toMatchObject({ level: 'warning', found: '0, with 1 replica' })
  expect(before.find(name)?.fix).toContain('redis-cli CONFIG SET min-replicas-to-write 1')
  await setting(name, 1)
  // Redis counts its replicas once a second.
  const isOk = async (): Promise<boolean> => (await examine(own.redis)).find(name)?.level === 'ok'
  await until('the replica counts', isOk)
  await setting(name, 2)
  const after = await examine(own.redis)
  expect(after.failed).toEqual([name])
  // Redis refuses scripts now, and still reports the permissions.
  expect(after.find('permissions')).toMatchObject({ level: 'ok' })
  await setting(name, 0)
  expect((await examine(replica.control)).failed).toContain('role')
})

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as gateScripts from '../gate/scripts.ts'
import { type Finding, findingsOf } from './finding.ts'
import { redisRequirements } from './redis.ts'
import { neededCommands, sentCommands } from './redis-commands.ts'
import type { RedisReading } from './redis-reading.ts'

const root = join(import.meta.dirname, '..', '..')
const refused = { refused: 'Redis: NOPERM' }

const soundInfo = {
  redis_version: '7.0.15',
  redis_mode: 'standalone',
  role: 'master',
  connected_slaves: '0',
  maxmemory_policy: 'noeviction',
  maxmemory: '1000000000',
  used_memory: '1000000',
  total_system_memory: '8000000000',
  aof_enabled: '1',
  rdb_last_bgsave_status: 'ok',
  aof_last_write_status: 'ok',
  latest_fork_usec: '900',
}
const soundSettings = {
  'min-replicas-to-write': '0',
  'min-replicas-max-lag': '10',
  'disable-thp': 'yes',
  'stop-writes-on-bgsave-error': 'yes',
}
type Changes = { info?: Record<string, string>; settings?: Record<string, string> } & Partial<
  Pick<RedisReading, 'forbidden' | 'user' | 'clock'>
>
const readingOf = ({ info = {}, settings = {}, ...rest }: Changes = {}): RedisReading => ({
  info: { value: new Map(Object.entries({ ...soundInfo, ...info })) },
  settings: { value: new Map(Object.entries({ ...soundSettings, ...settings })) },
  user: { value: 'shop' },
  forbidden: { value: [] },
  clock: { value: { aheadMs: 3, uncertainMs: 1 } },
  ...rest,
})
const find = (reading: RedisReading): Finding[] => findingsOf('Redis', redisRequirements, reading)
/** Name and level of each finding that is not ok. */
const notOk = (reading: RedisReading): string[] =>
  find(reading).flatMap(({ name, level }) => (level === 'ok' ? [] : [`${name} ${level}`]))

test('a sound Redis has only findings that are ok', () => {
  expect(notOk(readingOf())).toEqual([])
})

test('a Valkey in cluster mode is seen: it calls the field server_mode', () => {
  const { redis_mode: _, ...others } = soundInfo
  const valkey = (mode: string) => ({
    ...readingOf(),
    info: { value: new Map(Object.entries({ ...others, valkey_version: '9.1.2', server_mode: mode })) },
  })
  expect(notOk(valkey('standalone'))).toEqual([])
  expect(notOk(valkey('cluster'))).toEqual(['cluster mode warning'])
})

test.each<[string, Changes, string[]]>([
  ['an old version', { info: { redis_version: '6.2.14' } }, ['version failed']],
  ['Redis 10, which is not 1.0', { info: { redis_version: '10.0.1' } }, []],
  ['Valkey', { info: { redis_version: '7.2.4', valkey_version: '9.0.0' } }, []],
  ['a replica', { info: { role: 'slave' } }, ['role failed']],
  ['a cluster', { info: { redis_mode: 'cluster' } }, ['cluster mode warning']],
  ['eviction', { info: { maxmemory_policy: 'allkeys-lru' } }, ['maxmemory-policy failed']],
  ['little memory left', { info: { used_memory: '810000000' } }, ['memory warning']],
  ['no memory left', { info: { used_memory: '1000000000' } }, ['memory failed']],
  [
    'little memory left on the machine',
    { info: { maxmemory: '0', used_memory: '7000000000' } },
    ['memory warning'],
  ],
  ['a failed save', { info: { rdb_last_bgsave_status: 'err' } }, ['saving failed']],
  [
    'a failed save that does not stop writes',
    { info: { rdb_last_bgsave_status: 'err' }, settings: { 'stop-writes-on-bgsave-error': 'no' } },
    ['saving warning'],
  ],
  ['a failed append', { info: { aof_last_write_status: 'err' } }, ['saving failed']],
  ['a long fork', { info: { latest_fork_usec: '250000' } }, ['last fork warning']],
  ['huge pages', { settings: { 'disable-thp': 'no' } }, ['transparent huge pages warning']],
  [
    'a clock that is 1.5 s behind',
    { clock: { value: { aheadMs: -1_500, uncertainMs: 3 } } },
    ['clock warning'],
  ],
  [
    'a clock that may be right within its uncertainty',
    { clock: { value: { aheadMs: 1_500, uncertainMs: 900 } } },
    [],
  ],
  [
    'a replica that no write waits for',
    { info: { connected_slaves: '1' } },
    ['min-replicas-to-write warning'],
  ],
  [
    'four replicas, writes wait for one',
    {
      info: { connected_slaves: '4', min_slaves_good_slaves: '4' },
      settings: { 'min-replicas-to-write': '1' },
    },
    ['min-replicas-to-write warning'],
  ],
  [
    'four replicas, writes wait for two',
    {
      info: { connected_slaves: '4', min_slaves_good_slaves: '4' },
      settings: { 'min-replicas-to-write': '2' },
    },
    [],
  ],
  [
    'a replica that is down',
    { info: { min_slaves_good_slaves: '0' }, settings: { 'min-replicas-to-write': '1' } },
    ['min-replicas-to-write failed'],
  ],
  [
    'an unlimited lag',
    {
      info: { connected_slaves: '1', min_slaves_good_slaves: '1' },
      settings: { 'min-replicas-to-write': '1', 'min-replicas-max-lag': '0' },
    },
    ['min-replicas-max-lag warning'],
  ],
  ['forbidden commands', { forbidden: { value: ['TIME'] } }, ['permissions failed']],
  ['scripts that are forbidden', { forbidden: refused }, ['permissions failed']],
  [
    'permissions that Redis does not report',
    { forbidden: { refused: 'Redis: ERR' } },
    ['permissions unknown'],
  ],
])('%s', (_, changes, expected) => {
  expect(notOk(readingOf(changes))).toEqual(expected)
})

test('without CONFIG GET its settings are unknown, with the message of Redis', () => {
  const withReplica = { info: { connected_slaves: '1' } }
  const findings = find({ ...readingOf(withReplica), settings: refused })
  const settings = ['min-replicas-to-write', 'min-replicas-max-lag', 'transparent huge pages']
  for (const { name, level, found } of findings)
    expect([name, level, found]).toEqual(
      settings.includes(name) ? [name, 'unknown', refused.refused] : [name, 'ok', expect.any(String)],
    )
  expect(findings).toHaveLength(redisRequirements.length)
})

test('without INFO its fields are unknown', () => {
  const levels = find({ ...readingOf(), info: refused }).map(({ name, level }) => [name, level])
  expect(Object.fromEntries(levels)).toMatchObject({
    version: 'unknown',
    role: 'unknown',
    'maxmemory-policy': 'unknown',
    memory: 'unknown',
    'min-replicas-to-write': 'unknown',
    saving: 'unknown',
    'last fork': 'unknown',
    permissions: 'ok',
  })
})

test('the fix for forbidden commands is a rule for this user', () => {
  const value = ['INFO replication', 'CONFIG GET min-replicas-to-write', 'HSET fc:campaigns']
  const found = find(readingOf({ forbidden: { value } })).find(({ name }) => name === 'permissions')
  expect(found?.fix).toContain("ACL SETUSER shop '~fc:*' '&fc:*' '+info' '+config|get' '+hset'")
})

test('every command that the code sends or a gate script calls is checked', () => {
  const files = globSync('{api,coupon,worker}/**/*.ts', { cwd: root }).filter(
    (file) => !file.endsWith('.test.ts') && !file.includes('requirements/'),
  )
  const text = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n')
  const sent = [...text.matchAll(/\.command\(\s*'([A-Z]+)'(?:, '([A-Z]+)')?/g)].map(
    ([, name = '', second]) =>
      second === undefined || !['CONFIG', 'SCRIPT'].includes(name) ? name : `${name} ${second}`,
  )
  expect([...text.matchAll(/\.command\(/g)]).toHaveLength(sent.length)
  // EVAL, EVALSHA and SUBSCRIBE are sent by platform/redis.ts.
  expect([...new Set([...sent, 'SUBSCRIBE'])].sort()).toEqual(sentCommands)
  const checked = new Set(neededCommands.map((line) => line.split(' ')[0]))
  for (const { lua } of Object.values(gateScripts)) {
    const called = [...lua.matchAll(/redis\.p?call\(\s*['"](\w+)/g)].map(([, command]) => command)
    expect([...lua.matchAll(/redis\.p?call\(/g)]).toHaveLength(called.length)
    expect(called.filter((command) => !checked.has(command ?? ''))).toEqual([])
  }
})

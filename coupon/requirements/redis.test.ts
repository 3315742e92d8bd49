import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as gateScripts from '../gate/scripts.ts'
import { type Finding, findingsOf } from './finding.ts'
import { neededCommands, sentCommands } from './redis-commands.ts'
import type { RedisReading } from './redis-reading.ts'
import { redisRequirements } from './redis.ts'

const root = new URL('../..', import.meta.url).pathname
const refused = { refused: 'Redis: NOPERM' }

const wellInfo = {
  ...{ redis_version: '7.0.15', redis_mode: 'standalone', role: 'master', connected_slaves: '0' },
  ...{ maxmemory_policy: 'noeviction', maxmemory: '1000000000', used_memory: '1000000' },
  ...{ total_system_memory: '8000000000', aof_enabled: '1', rdb_last_bgsave_status: 'ok' },
  ...{ aof_last_write_status: 'ok', latest_fork_usec: '900' },
}
const wellSettings = {
  ...{ 'min-replicas-to-write': '0', 'min-replicas-max-lag': '10', 'disable-thp': 'yes' },
  'stop-writes-on-bgsave-error': 'yes',
}
type Changes = { info?: Record<string, string>; settings?: Record<string, string> } & Partial<
  Pick<RedisReading, 'refused' | 'user' | 'clock'>
>
const readingOf = ({ info = {}, settings = {}, ...rest }: Changes = {}): RedisReading => ({
  info: { value: new Map(Object.entries({ ...wellInfo, ...info })) },
  settings: { value: new Map(Object.entries({ ...wellSettings, ...settings })) },
  user: { value: 'shop' },
  refused: { value: [] },
  clock: { value: { aheadMs: 3, uncertainMs: 1 } },
  ...rest,
})
const find = (reading: RedisReading): Finding[] => findingsOf('Redis', redisRequirements, reading)
/** Name and status of whatever is not well. */
const unwell = (reading: RedisReading): string[] =>
  find(reading).flatMap(({ name, status }) => (status === 'ok' ? [] : [`${name} ${status}`]))

test('a Redis that is well has no finding but well ones', () => {
  expect(unwell(readingOf())).toEqual([])
})

test.each<[string, Changes, string[]]>([
  ['an old version', { info: { redis_version: '6.2.14' } }, ['version fail']],
  ['Redis 10, which is not 1.0', { info: { redis_version: '10.0.1' } }, []],
  ['Valkey', { info: { redis_version: '7.2.4', valkey_version: '9.0.0' } }, []],
  ['a replica', { info: { role: 'slave' } }, ['role fail']],
  ['a cluster', { info: { redis_mode: 'cluster' } }, ['cluster mode warn']],
  ['eviction', { info: { maxmemory_policy: 'allkeys-lru' } }, ['maxmemory-policy fail']],
  ['little room', { info: { used_memory: '810000000' } }, ['memory warn']],
  ['no room', { info: { used_memory: '1000000000' } }, ['memory fail']],
  ['little of the machine', { info: { maxmemory: '0', used_memory: '7000000000' } }, ['memory warn']],
  ['a failed save', { info: { rdb_last_bgsave_status: 'err' } }, ['saving fail']],
  [
    'a failed save that stops no writes',
    { info: { rdb_last_bgsave_status: 'err' }, settings: { 'stop-writes-on-bgsave-error': 'no' } },
    ['saving warn'],
  ],
  ['a failed append', { info: { aof_last_write_status: 'err' } }, ['saving fail']],
  ['a long fork', { info: { latest_fork_usec: '250000' } }, ['last fork warn']],
  ['huge pages', { settings: { 'disable-thp': 'no' } }, ['transparent huge pages warn']],
  ['a clock that is off', { clock: { value: { aheadMs: -1_500, uncertainMs: 3 } } }, ['clock warn']],
  ['a clock that may be right', { clock: { value: { aheadMs: 1_500, uncertainMs: 900 } } }, []],
  ['a replica that nobody waits for', { info: { connected_slaves: '1' } }, ['min-replicas-to-write warn']],
  [
    'four replicas, one waited for',
    {
      info: { connected_slaves: '4', min_slaves_good_slaves: '4' },
      settings: { 'min-replicas-to-write': '1' },
    },
    ['min-replicas-to-write warn'],
  ],
  [
    'four replicas, two waited for',
    {
      info: { connected_slaves: '4', min_slaves_good_slaves: '4' },
      settings: { 'min-replicas-to-write': '2' },
    },
    [],
  ],
  [
    'a replica that is away',
    { info: { min_slaves_good_slaves: '0' }, settings: { 'min-replicas-to-write': '1' } },
    ['min-replicas-to-write fail'],
  ],
  [
    'a lag without a bound',
    {
      info: { connected_slaves: '1', min_slaves_good_slaves: '1' },
      settings: { 'min-replicas-to-write': '1', 'min-replicas-max-lag': '0' },
    },
    ['min-replicas-max-lag warn'],
  ],
  ['commands that are refused', { refused: { value: ['TIME'] } }, ['permissions fail']],
  ['scripts that are refused', { refused }, ['permissions fail']],
  ['permissions that nobody tells', { refused: { refused: 'Redis: ERR' } }, ['permissions unknown']],
])('%s', (_, changes, expected) => {
  expect(unwell(readingOf(changes))).toEqual(expected)
})

test('what CONFIG GET does not tell is unknown, in the words of Redis, and never well or wrong', () => {
  const withReplica = { info: { connected_slaves: '1' } }
  const findings = find({ ...readingOf(withReplica), settings: refused })
  const settings = ['min-replicas-to-write', 'min-replicas-max-lag', 'transparent huge pages']
  for (const { name, status, found } of findings)
    expect([name, status, found]).toEqual(
      settings.includes(name) ? [name, 'unknown', refused.refused] : [name, 'ok', expect.any(String)],
    )
  expect(findings).toHaveLength(redisRequirements.length)
})

test('what INFO does not tell is unknown', () => {
  const statuses = find({ ...readingOf(), info: refused }).map(({ name, status }) => [name, status])
  expect(Object.fromEntries(statuses)).toMatchObject({
    ...{ version: 'unknown', role: 'unknown', 'maxmemory-policy': 'unknown', memory: 'unknown' },
    ...{ 'min-replicas-to-write': 'unknown', saving: 'unknown', 'last fork': 'unknown', permissions: 'ok' },
  })
})

test('a refused command is mended by a rule for this user', () => {
  const value = ['INFO replication', 'CONFIG GET min-replicas-to-write', 'HSET fc:campaigns']
  const found = find(readingOf({ refused: { value } })).find(({ name }) => name === 'permissions')
  expect(found?.mend).toContain("ACL SETUSER shop '~fc:*' '&fc:*' '+info' '+config|get' '+hset'")
})

test('every command that the code sends, or a gate script calls, is looked at', () => {
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
  const looked = new Set(neededCommands.map((line) => line.split(' ')[0]))
  for (const { lua } of Object.values(gateScripts)) {
    const called = [...lua.matchAll(/redis\.p?call\(\s*['"](\w+)/g)].map(([, command]) => command)
    expect([...lua.matchAll(/redis\.p?call\(/g)]).toHaveLength(called.length)
    expect(called.filter((command) => !looked.has(command ?? ''))).toEqual([])
  }
})

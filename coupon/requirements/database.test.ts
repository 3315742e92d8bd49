import { expect, test } from 'vitest'
import { databaseRequirements } from './database.ts'
import type { DatabaseReading } from './database-reading.ts'
import { findingsOf } from './finding.ts'

const soundVariables = {
  innodb_flush_log_at_trx_commit: '1',
  log_bin: 'ON',
  sync_binlog: '1',
  read_only: 'OFF',
  transaction_isolation: 'REPEATABLE-READ',
  sql_mode: 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',
  max_connections: '151',
  max_user_connections: '0',
  max_allowed_packet: '67108864',
  innodb_lock_wait_timeout: '50',
  time_zone: 'SYSTEM',
  system_time_zone: 'KST',
}
type Changes = Partial<Omit<DatabaseReading, 'variables'>> & { variables?: Record<string, string> }
const sound: DatabaseReading = {
  version: '8.4.10',
  variables: { value: new Map(Object.entries(soundVariables)) },
  connections: { value: 20 },
  clock: { value: { aheadMs: 2, uncertainMs: 1 } },
  otherEngines: { value: [] },
  zonedColumns: { value: [] },
  migrations: { value: { applied: 2, missing: 0, isNewer: false } },
}
const find = ({ variables = {}, ...rest }: Changes) => {
  const value = new Map(Object.entries({ ...soundVariables, ...variables }))
  return findingsOf('database', databaseRequirements, { ...sound, variables: { value }, ...rest })
}
const notOk = (changes: Changes): string[] =>
  find(changes).flatMap(({ name, level }) => (level === 'ok' ? [] : [`${name} ${level}`]))

test.each<[string, Changes, string[]]>([
  ['MySQL 8.4 with its defaults', {}, []],
  ['MySQL 9', { version: '9.7.0' }, []],
  ['MySQL 8.0', { version: '8.0.36' }, ['version failed']],
  ['MariaDB 10.11', { version: '10.11.19-MariaDB-0+deb12u1' }, []],
  ['MariaDB 10.6', { version: '10.6.21-MariaDB-log' }, ['version failed']],
  [
    'tables that are behind',
    { migrations: { value: { applied: 1, missing: 1, isNewer: false } } },
    ['migrations failed'],
  ],
  [
    'tables that are newer',
    { migrations: { value: { applied: 3, missing: 0, isNewer: true } } },
    ['migrations warning'],
  ],
  [
    'a table without transactions',
    { otherEngines: { value: ['coupons (MyISAM)'] } },
    ['table engine failed'],
  ],
  [
    'commits that are not flushed',
    { variables: { innodb_flush_log_at_trx_commit: '2' } },
    ['innodb_flush_log_at_trx_commit failed'],
  ],
  ['a binary log that is not synced', { variables: { sync_binlog: '0' } }, ['sync_binlog failed']],
  ['no binary log', { variables: { log_bin: 'OFF', sync_binlog: '0' } }, []],
  ['read-only', { variables: { read_only: 'ON' } }, ['writable failed']],
  ['read-only for administrators too', { variables: { super_read_only: '1' } }, ['writable failed']],
  [
    'another isolation',
    { variables: { transaction_isolation: 'READ-COMMITTED' } },
    ['transaction isolation failed'],
  ],
  ['a lenient session', { variables: { sql_mode: '' } }, ['sql_mode failed']],
  ['few connections', { variables: { max_connections: '20' } }, ['connections warning']],
  ['few connections per user', { variables: { max_user_connections: '10' } }, ['connections warning']],
  ['small packets', { variables: { max_allowed_packet: '1048576' } }, ['max_allowed_packet failed']],
  [
    'long lock waits',
    { variables: { innodb_lock_wait_timeout: '120' } },
    ['innodb_lock_wait_timeout warning'],
  ],
  [
    'a column that depends on the time zone',
    { zonedColumns: { value: ['coupons.made_at'] } },
    ['time zone warning'],
  ],
  [
    'such a column, in UTC',
    { zonedColumns: { value: ['coupons.made_at'] }, variables: { system_time_zone: 'UTC' } },
    [],
  ],
  ['a clock that is 5 s ahead', { clock: { value: { aheadMs: 5_000, uncertainMs: 10 } } }, ['clock warning']],
])('%s', (_, changes, expected) => {
  expect(notOk(changes)).toEqual(expected)
})

test('an isolation level under its older name, as in MariaDB, is examined too', () => {
  const variables = new Map([['tx_isolation', 'READ-COMMITTED']])
  const findings = findingsOf('database', databaseRequirements, { ...sound, variables: { value: variables } })
  expect(findings.find(({ name }) => name === 'transaction isolation')).toMatchObject({ level: 'failed' })
})

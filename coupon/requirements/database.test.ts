import { expect, test } from 'vitest'
import { databaseRequirements } from './database.ts'
import type { DatabaseReading } from './database-reading.ts'
import { findingsOf } from './finding.ts'

const wellVariables = {
  ...{ innodb_flush_log_at_trx_commit: '1', log_bin: 'ON', sync_binlog: '1', read_only: 'OFF' },
  ...{ transaction_isolation: 'REPEATABLE-READ', sql_mode: 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION' },
  ...{ max_connections: '151', max_user_connections: '0', max_allowed_packet: '67108864' },
  ...{ innodb_lock_wait_timeout: '50', time_zone: 'SYSTEM', system_time_zone: 'KST' },
}
type Changes = Partial<Omit<DatabaseReading, 'variables'>> & { variables?: Record<string, string> }
const well: DatabaseReading = {
  version: '8.4.10',
  variables: { value: new Map(Object.entries(wellVariables)) },
  connections: { value: 20 },
  clock: { value: { aheadMs: 2, uncertainMs: 1 } },
  otherEngines: { value: [] },
  zonedColumns: { value: [] },
  migrations: { value: { applied: 2, missing: 0, isNewer: false } },
}
const find = ({ variables = {}, ...rest }: Changes) => {
  const value = new Map(Object.entries({ ...wellVariables, ...variables }))
  return findingsOf('database', databaseRequirements, { ...well, variables: { value }, ...rest })
}
const unwell = (changes: Changes): string[] =>
  find(changes).flatMap(({ name, status }) => (status === 'ok' ? [] : [`${name} ${status}`]))

test.each<[string, Changes, string[]]>([
  ['MySQL 8.4 with its defaults', {}, []],
  ['MySQL 9', { version: '9.7.0' }, []],
  ['MySQL 8.0', { version: '8.0.36' }, ['version fail']],
  ['MariaDB 10.11', { version: '10.11.19-MariaDB-0+deb12u1' }, []],
  ['MariaDB 10.6', { version: '10.6.21-MariaDB-log' }, ['version fail']],
  [
    'tables that are behind',
    { migrations: { value: { applied: 1, missing: 1, isNewer: false } } },
    ['migrations fail'],
  ],
  [
    'tables that are newer',
    { migrations: { value: { applied: 3, missing: 0, isNewer: true } } },
    ['migrations warn'],
  ],
  ['a table without transactions', { otherEngines: { value: ['coupons (MyISAM)'] } }, ['table engine fail']],
  [
    'commits that are not flushed',
    { variables: { innodb_flush_log_at_trx_commit: '2' } },
    ['innodb_flush_log_at_trx_commit fail'],
  ],
  ['a binary log that is behind', { variables: { sync_binlog: '0' } }, ['sync_binlog fail']],
  ['no binary log', { variables: { log_bin: 'OFF', sync_binlog: '0' } }, []],
  ['read-only', { variables: { read_only: 'ON' } }, ['writable fail']],
  ['read-only for all', { variables: { super_read_only: '1' } }, ['writable fail']],
  [
    'another isolation',
    { variables: { transaction_isolation: 'READ-COMMITTED' } },
    ['transaction isolation fail'],
  ],
  ['a lenient session', { variables: { sql_mode: '' } }, ['sql_mode fail']],
  ['few connections', { variables: { max_connections: '20' } }, ['connections warn']],
  ['few connections of a user', { variables: { max_user_connections: '10' } }, ['connections warn']],
  ['small packets', { variables: { max_allowed_packet: '1048576' } }, ['max_allowed_packet fail']],
  [
    'long waits for locks',
    { variables: { innodb_lock_wait_timeout: '120' } },
    ['innodb_lock_wait_timeout warn'],
  ],
  ['a column that a zone changes', { zonedColumns: { value: ['coupons.made_at'] } }, ['time zone warn']],
  [
    'such a column in UTC',
    { zonedColumns: { value: ['coupons.made_at'] }, variables: { system_time_zone: 'UTC' } },
    [],
  ],
  ['a clock that is off', { clock: { value: { aheadMs: 5_000, uncertainMs: 10 } } }, ['clock warn']],
])('%s', (_, changes, expected) => {
  expect(unwell(changes)).toEqual(expected)
})

test('the isolation of a MariaDB that has its older name only is looked at too', () => {
  const variables = new Map([['tx_isolation', 'READ-COMMITTED']])
  const findings = findingsOf('database', databaseRequirements, { ...well, variables: { value: variables } })
  expect(findings.find(({ name }) => name === 'transaction isolation')).toMatchObject({ status: 'fail' })
})

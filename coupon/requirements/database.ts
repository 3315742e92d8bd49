import { clockRequirement } from './clock.ts'
import type { DatabaseReading } from './database-reading.ts'
import {
  type Assessment,
  failed,
  isAtLeast,
  ok,
  okWhen,
  type Requirement,
  unknown,
  warning,
  whenFieldRead,
  whenRead,
} from './finding.ts'

/** Two API processes with 8 connections and a lease each, two workers with 6 and a lease. */
const connectionsMin = 32
/** 5,000 rows in one statement, the most that LEDGER_BATCH_SIZE_MAX allows, are about 1 MB. */
const packetBytesMin = 4 * 2 ** 20
const lockWaitMaxSeconds = 50

const setVariable = (name: string, value: string | number): string =>
  `SET GLOBAL ${name} = ${value}, and ${name}=${value} under [mysqld] of its configuration file`

const isOn = (value: string | undefined): boolean =>
  value !== undefined && !['OFF', '0', ''].includes(value.toUpperCase())

const assessVersion = ({ version }: DatabaseReading): Assessment =>
  okWhen(isAtLeast(version, version.includes('MariaDB') ? '10.11' : '8.4'), version)

const assessBinlog = ({ variables }: DatabaseReading): Assessment =>
  whenRead(variables, (values) => {
    if (!isOn(values.get('log_bin'))) return ok('no binary log')
    const syncBinlog = values.get('sync_binlog')
    return okWhen(syncBinlog === '1', `${syncBinlog}, with a binary log`)
  })

const assessWritable = ({ variables }: DatabaseReading): Assessment =>
  whenRead(variables, (values) => {
    const on = ['read_only', 'super_read_only', 'innodb_read_only'].filter((name) => isOn(values.get(name)))
    return on.length === 0 ? ok('writable') : failed(`${on.join(', ')} ON`)
  })

const assessConnections = ({ variables, connections }: DatabaseReading): Assessment =>
  whenRead(variables, (values) =>
    whenFieldRead(variables, 'max_connections', (ofServer) =>
      whenRead(connections, (inUse) => {
        const ofUser = Number(values.get('max_user_connections') ?? 0)
        const allowed = ofUser === 0 ? Number(ofServer) : Math.min(Number(ofServer), ofUser)
        return okWhen(allowed >= connectionsMin, `${allowed}, ${inUse} in use`, 'warning')
      }),
    ),
  )

const assessMigrations = ({ migrations }: DatabaseReading): Assessment =>
  whenRead(migrations, ({ applied, missing, isNewer }) => {
    const found = `${applied} applied, ${missing} missing`
    if (missing > 0) return failed(found)
    return isNewer ? warning(`${applied} applied: the tables are newer than this program`) : ok(found)
  })

const assessIsolation = ({ variables }: DatabaseReading): Assessment =>
  whenRead(variables, (values) => {
    const level = values.get('transaction_isolation') ?? values.get('tx_isolation')
    if (level === undefined) return unknown('the server does not report transaction_isolation')
    return okWhen(level === 'REPEATABLE-READ', level)
  })

const assessTimeZone = ({ variables, zonedColumns }: DatabaseReading): Assessment =>
  whenRead(zonedColumns, (columns) =>
    whenRead(variables, (values) =>
      whenFieldRead(variables, 'time_zone', (name) => {
        const zone = name === 'SYSTEM' ? (values.get('system_time_zone') ?? name) : name
        if (columns.length === 0 || zone === '+00:00' || zone === 'UTC') return ok(zone)
        return warning(`${zone}, which changes ${columns.join(', ')}`)
      }),
    ),
  )

const sessionFix = 'remove what changes the session: a proxy or pooler before the server, or its init_connect'

/** Requirements of a database that holds the ledger. */
export const databaseRequirements: readonly Requirement<DatabaseReading>[] = [
  {
    name: 'version',
    expected: 'MySQL 8.4 or newer, or MariaDB 10.11 or newer',
    fix: 'upgrade it, or set DATABASE_URL to another',
    why: 'Tests run on these; older versions are not tested',
    assess: assessVersion,
  },
  {
    name: 'migrations',
    expected: 'all of this program, and no others',
    fix: 'npm run migrate',
    why: 'Without its tables no grant is recorded (promise 2)',
    assess: assessMigrations,
  },
  {
    name: 'table engine',
    expected: 'InnoDB',
    fix: 'ALTER TABLE <table> ENGINE = InnoDB',
    why: 'Rows and position change in one transaction or not at all (promise 2)',
    assess: ({ otherEngines }) =>
      whenRead(otherEngines, (tables) => okWhen(tables.length === 0, tables.join(', ') || 'InnoDB')),
  },
  {
    name: 'innodb_flush_log_at_trx_commit',
    expected: '1',
    fix: setVariable('innodb_flush_log_at_trx_commit', 1),
    why: 'If a crash loses a committed epoch, a gate grants the same unit twice (promises 1, 3)',
    assess: ({ variables }) =>
      whenFieldRead(variables, 'innodb_flush_log_at_trx_commit', (value) => okWhen(value === '1', value)),
  },
  {
    name: 'sync_binlog',
    expected: '1 if the server has a binary log',
    fix: setVariable('sync_binlog', 1),
    why: 'A crash rolls back a commit that is not in the binary log, and no replica has it (promises 1, 3)',
    assess: assessBinlog,
  },
  {
    name: 'writable',
    expected: 'read_only, super_read_only and innodb_read_only OFF',
    fix: 'set DATABASE_URL to the primary, or SET GLOBAL read_only = OFF (MySQL: super_read_only too)',
    why: 'A ledger that refuses writes records nothing: grants wait in the log (promise 2)',
    assess: assessWritable,
  },
  {
    name: 'transaction isolation',
    expected: 'REPEATABLE-READ, which our connections set',
    fix: sessionFix,
    why: 'A gate is rebuilt from one snapshot, which must not miss rows (promises 1, 3)',
    assess: assessIsolation,
  },
  {
    name: 'sql_mode',
    expected: 'STRICT_ALL_TABLES, which our connections set',
    fix: sessionFix,
    why: 'Without it the server truncates and stores a value that does not fit (promise 2)',
    assess: ({ variables }) =>
      whenFieldRead(variables, 'sql_mode', (mode) =>
        okWhen(mode.split(',').includes('STRICT_ALL_TABLES'), mode || 'empty'),
      ),
  },
  {
    name: 'connections',
    expected: `${connectionsMin} or more; an API process has up to 9, a worker 7`,
    fix: `SET GLOBAL max_connections = ${connectionsMin} or more, and no lower max_user_connections`,
    why: 'Without a connection rows wait, and lists say complete: false',
    assess: assessConnections,
  },
  {
    name: 'max_allowed_packet',
    expected: `${packetBytesMin / 2 ** 20} MB or more`,
    fix: setVariable('max_allowed_packet', packetBytesMin),
    why: 'A batch is one statement; one that is too large fails at every attempt (promise 2)',
    assess: ({ variables }) =>
      whenFieldRead(variables, 'max_allowed_packet', (value) =>
        okWhen(Number(value) >= packetBytesMin, `${Number(value) / 2 ** 20} MB`),
      ),
  },
  {
    name: 'innodb_lock_wait_timeout',
    expected: `${lockWaitMaxSeconds} s or less`,
    fix: setVariable('innodb_lock_wait_timeout', lockWaitMaxSeconds),
    why: 'A transaction whose process has died waits for locks this long, and keeps its own',
    assess: ({ variables }) =>
      whenFieldRead(variables, 'innodb_lock_wait_timeout', (value) =>
        okWhen(Number(value) <= lockWaitMaxSeconds, `${value} s`, 'warning'),
      ),
  },
  {
    name: 'time zone',
    expected: 'any: no column depends on it',
    fix: 'default-time-zone=+00:00 under [mysqld] of its configuration file',
    why: 'Times are milliseconds since 1970; a TIMESTAMP column would have another value in another zone',
    assess: assessTimeZone,
  },
  clockRequirement('No decision uses it; but after an incident its times are compared with ours'),
]

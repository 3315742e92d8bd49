import { clockRequirement } from './clock.ts'
import type { DatabaseReading } from './database-reading.ts'
import {
  fail,
  isAtLeast,
  met,
  ok,
  type Requirement,
  unknown,
  type Verdict,
  warn,
  whenGiven,
  whenTold,
} from './finding.ts'

/** Two API processes with 8 connections and a lease each, two workers with 6 and a lease. */
const connectionsMin = 32
/** 5,000 rows in one statement, the most that LEDGER_BATCH_SIZE_MAX allows, are about 1 MB. */
const packetBytesMin = 4 * 2 ** 20
const lockWaitMaxSeconds = 50

/** A requirement over one variable of the server; `set` is what SET GLOBAL takes. */
const variable = (
  name: string,
  parts: { expected: string; set: string; why: string; judge(value: string): Verdict },
): Requirement<DatabaseReading> => ({
  name,
  expected: parts.expected,
  mend: `SET GLOBAL ${name} = ${parts.set}, and ${name}=${parts.set} under [mysqld] of its configuration file`,
  why: parts.why,
  judge: ({ variables }) => whenGiven(variables, name, parts.judge),
})

const isOn = (value: string | undefined): boolean =>
  value !== undefined && !['OFF', '0', ''].includes(value.toUpperCase())

const versionVerdict = ({ version }: DatabaseReading): Verdict =>
  met(isAtLeast(version, version.includes('MariaDB') ? '10.11' : '8.4'), version)

const binlogVerdict = ({ variables }: DatabaseReading): Verdict =>
  whenTold(variables, (values) => {
    if (!isOn(values.get('log_bin'))) return ok('there is no binary log')
    return met(values.get('sync_binlog') === '1', `${values.get('sync_binlog')}, with a binary log`)
  })

const writableVerdict = ({ variables }: DatabaseReading): Verdict =>
  whenTold(variables, (values) => {
    const on = ['read_only', 'super_read_only', 'innodb_read_only'].filter((name) => isOn(values.get(name)))
    return on.length === 0 ? ok('writable') : fail(`${on.join(', ')} ON`)
  })

const connectionsVerdict = ({ variables, connections }: DatabaseReading): Verdict =>
  whenGiven(variables, 'max_connections', (text) =>
    whenTold(connections, (inUse) => {
      const [most, ofUser] = [
        text,
        'value' in variables ? variables.value.get('max_user_connections') : '0',
      ].map(Number)
      const allowed = ofUser === undefined || ofUser === 0 ? (most ?? 0) : Math.min(most ?? 0, ofUser)
      return met(allowed >= connectionsMin, `${allowed}, ${inUse} in use`, 'warn')
    }),
  )

const migrationsVerdict = ({ migrations }: DatabaseReading): Verdict =>
  whenTold(migrations, ({ applied, missing, isNewer }) => {
    const found = `${applied} applied, ${missing} missing`
    if (missing > 0) return fail(found)
    return isNewer ? warn(`${applied} applied: the tables are newer than this program`) : ok(found)
  })

/** What has to be so of a database that holds the ledger. */
export const databaseRequirements: readonly Requirement<DatabaseReading>[] = [
  {
    name: 'version',
    expected: 'MySQL 8.4 or newer, or MariaDB 10.11 or newer',
    mend: 'upgrade it, or let DATABASE_URL name another',
    why: 'Tests run on these; older ones are unknown',
    judge: versionVerdict,
  },
  {
    name: 'migrations',
    expected: 'all of this program, and no more',
    mend: 'npm run migrate',
    why: 'Without its tables nothing that was granted is recorded (promise 2)',
    judge: migrationsVerdict,
  },
  {
    name: 'table engine',
    expected: 'InnoDB',
    mend: 'ALTER TABLE <table> ENGINE = InnoDB',
    why: 'Rows and position move in one transaction or not at all (promise 2)',
    judge: ({ otherEngines }) =>
      whenTold(otherEngines, (tables) => met(tables.length === 0, tables.join(', ') || 'InnoDB')),
  },
  variable('innodb_flush_log_at_trx_commit', {
    ...{ expected: '1', set: '1', judge: (value) => met(value === '1', value) },
    why: 'A database that forgets a committed epoch after a crash lets a gate grant twice (promises 1, 3)',
  }),
  {
    name: 'sync_binlog',
    expected: '1 when there is a binary log',
    mend: 'SET GLOBAL sync_binlog = 1, and sync_binlog=1 under [mysqld] of its configuration file',
    why: 'After a crash a commit that is not in the binary log is rolled back, and no replica has it (promises 1, 3)',
    judge: binlogVerdict,
  },
  {
    name: 'writable',
    expected: 'read_only, super_read_only and innodb_read_only OFF',
    mend: 'let DATABASE_URL name the primary, or SET GLOBAL read_only = OFF (MySQL: super_read_only too)',
    why: 'A ledger that refuses writes records nothing: grants wait in the log (promise 2)',
    judge: writableVerdict,
  },
  {
    name: 'transaction isolation',
    expected: 'REPEATABLE-READ, which our connections ask for themselves',
    mend: 'take away what changes the session: a proxy or pooler between us and the server, or its init_connect',
    why: 'A gate is rebuilt from one snapshot; rows that come in between would be lost to it (promises 1, 3)',
    judge: ({ variables }) =>
      whenTold(variables, (values) => {
        const level = values.get('transaction_isolation') ?? values.get('tx_isolation')
        if (level === undefined) return unknown('the server does not tell transaction_isolation')
        return met(level === 'REPEATABLE-READ', level)
      }),
  },
  {
    name: 'sql_mode',
    expected: 'STRICT_ALL_TABLES, which our connections ask for themselves',
    mend: 'take away what changes the session: a proxy or pooler between us and the server, or its init_connect',
    why: 'Without it a value that does not fit is cut and stored (promise 2)',
    judge: ({ variables }) =>
      whenGiven(variables, 'sql_mode', (mode) =>
        met(mode.split(',').includes('STRICT_ALL_TABLES'), mode || 'empty'),
      ),
  },
  {
    name: 'connections',
    expected: `${connectionsMin} or more; an API process takes up to 9, a worker 7`,
    mend: `SET GLOBAL max_connections = ${connectionsMin} or more, and no lower max_user_connections`,
    why: 'Without a connection rows wait, and lists say complete: false',
    judge: connectionsVerdict,
  },
  variable('max_allowed_packet', {
    expected: `${packetBytesMin / 2 ** 20} MB or more`,
    set: String(packetBytesMin),
    why: 'A batch of the ledger is one statement; one that is too large is refused again and again (promise 2)',
    judge: (value) => met(Number(value) >= packetBytesMin, `${Number(value) / 2 ** 20} MB`),
  }),
  variable('innodb_lock_wait_timeout', {
    expected: `${lockWaitMaxSeconds} s or less`,
    set: String(lockWaitMaxSeconds),
    why: 'A transaction whose process is gone waits so long for its locks, and holds those it has',
    judge: (value) => met(Number(value) <= lockWaitMaxSeconds, `${value} s`, 'warn'),
  }),
  {
    name: 'time zone',
    expected: 'any: no column depends on it',
    mend: 'default-time-zone=+00:00 under [mysqld] of its configuration file',
    why: 'Times are milliseconds since 1970; a TIMESTAMP column would read differently in another zone',
    judge: ({ variables, zonedColumns }) =>
      whenTold(zonedColumns, (columns) =>
        whenGiven(variables, 'time_zone', (named) => {
          const system = 'value' in variables ? variables.value.get('system_time_zone') : undefined
          const zone = named === 'SYSTEM' ? (system ?? named) : named
          const isUtc = zone === '+00:00' || zone === 'UTC'
          const found = columns.length === 0 ? zone : `${zone}, and it matters to ${columns.join(', ')}`
          return met(columns.length === 0 || isUtc, found, 'warn')
        }),
      ),
  },
  clockRequirement(
    'Nothing is decided by it; but whoever looks into an incident holds its times against ours',
  ),
]

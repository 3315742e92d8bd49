import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { findProgram, programFolders } from './install/find-program.ts'
import { LaunchError } from './launch-error.ts'
import { runProgram } from './processes/run-program.ts'
import { type ProcessHandle, startProcess } from './processes/start-process.ts'
import { waitUntilReady } from './wait-until-ready.ts'

/** A running MySQL or MariaDB server, with the database and the user that `url` names. */
export type DatabaseServer = ProcessHandle & { readonly url: string; readonly port: number }

export type StartDatabaseOptions = {
  /** Holds data and password: a later start on the same folder has those of this one. */
  folder: string
  port: number
  /** The first of `databasePrograms` on PATH when left out. */
  program?: string
  /** Appended, so they win. */
  extraArguments?: readonly string[]
  /** Added to the environment of this process for the server. */
  environment?: Readonly<Record<string, string>>
  signal?: AbortSignal | undefined
}

export const databasePrograms = ['mysqld', 'mariadbd'] as const

// The path of a Unix socket has at most 107 bytes, and the folder may be deep.
const socketPathBytesMax = 100

const socketPath = (folder: string): string => {
  const inside = join(folder, 'socket')
  if (Buffer.byteLength(inside) <= socketPathBytesMax) return inside
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  return join(tmpdir(), `firstcome-${name}.socket`)
}

// In /tmp, MariaDB's default, a server that starts removes the temporary tables of another. Of 20 servers
// that were initialised at the same time, 4 failed.
const temporaryFolder = (folder: string): string => join(folder, 'tmp')

// Both products refuse to run as root without this. Another user could not read a folder in root's home.
const asRoot = process.getuid?.() === 0 ? ['--user=root'] : []

const initialise = async (
  program: string,
  options: StartDatabaseOptions,
  dataFolder: string,
): Promise<void> => {
  // Renamed when complete, so that an interrupted start leaves nothing that looks like a database.
  const partFolder = `${dataFolder}.part`
  await rm(partFolder, { recursive: true, force: true })
  const { stdout } = await promisify(execFile)(program, ['--version'], { timeout: 10_000 })
  const isMariadb = stdout.includes('MariaDB')
  const installer = findProgram(
    ['mariadb-install-db', 'mysql_install_db'],
    [dirname(program), ...programFolders(process.env['PATH'])],
  )
  if (isMariadb && installer === undefined)
    throw new LaunchError(`mariadb-install-db is neither beside ${program} nor on PATH`)
  await runProgram({
    command: isMariadb && installer !== undefined ? installer : program,
    arguments: [
      '--no-defaults',
      // By a name without blanks: mariadb-install-db is a shell script that divides words at them.
      `--datadir=${isMariadb ? `./${basename(partFolder)}` : partFolder}`,
      ...asRoot,
      ...(isMariadb ? ['--skip-test-db'] : ['--initialize-insecure']),
    ],
    environment: { ...process.env, TMPDIR: temporaryFolder(options.folder) },
    workingFolder: options.folder,
    logFile: join(options.folder, 'initialise.log'),
    timeoutMs: 120_000,
    signal: options.signal,
    // Of mariadb-install-db, with twenty lines behind it.
    adviceFrom: 'Installation of system tables failed!',
  })
  await rename(partFolder, dataFolder)
}

/** The password of the user `firstcome`: random, created by the first call and kept in `folder`. */
export const readPassword = async (folder: string): Promise<string> => {
  const file = join(folder, 'password')
  await mkdir(folder, { recursive: true })
  if (!existsSync(file)) await writeFile(file, randomBytes(24).toString('hex'), { mode: 0o600 })
  return readFile(file, 'utf8')
}

// The server runs these on every start, before it accepts connections. The second grant is for tests: each
// file has a database of its own.
const initialStatements = (password: string): string =>
  [
    'CREATE DATABASE IF NOT EXISTS firstcome CHARACTER SET utf8mb4;',
    `CREATE USER IF NOT EXISTS 'firstcome'@'127.0.0.1' IDENTIFIED BY '${password}';`,
    `ALTER USER 'firstcome'@'127.0.0.1' IDENTIFIED BY '${password}';`,
    "GRANT ALL ON `firstcome`.* TO 'firstcome'@'127.0.0.1';",
    "GRANT ALL ON `firstcome\\_%`.* TO 'firstcome'@'127.0.0.1';",
    // MySQL's --initialize-insecure leaves root without a password.
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}';`,
    '',
  ].join('\n')

const serverArguments = (options: StartDatabaseOptions, dataFolder: string, initFile: string): string[] => [
  '--no-defaults',
  ...asRoot,
  `--datadir=${dataFolder}`,
  `--tmpdir=${temporaryFolder(options.folder)}`,
  `--port=${options.port}`,
  '--bind-address=127.0.0.1',
  `--socket=${socketPath(options.folder)}`,
  `--pid-file=${join(options.folder, 'pid')}`,
  `--init-file=${initFile}`,
  '--skip-name-resolve',
  '--character-set-server=utf8mb4',
  '--innodb-flush-log-at-trx-commit=1',
  // Holds some millions of coupons; the default of 128 MB reads from disk after half a million.
  '--innodb-buffer-pool-size=512M',
  '--max-connections=200',
  // Off: MySQL's X protocol would listen on another port.
  '--loose-mysqlx=0',
  // On in MySQL as it comes: each transaction is then written and flushed twice.
  '--skip-log-bin',
  // Debian's MySQL refuses to start without the folder of its package.
  `--secure-file-priv=${temporaryFolder(options.folder)}`,
  ...(options.extraArguments ?? []),
]

// The server sends first: a packet header of 4 bytes, then 10 for its greeting or 255 for "too many
// connections".
const isGreeting = (answer: Buffer): boolean | undefined => (answer.length > 4 ? answer[4] === 10 : undefined)

/** Starts MySQL or MariaDB on 127.0.0.1, with full durability. Resolves when it is ready. */
export const startDatabase = async (options: StartDatabaseOptions): Promise<DatabaseServer> => {
  const program = options.program ?? findProgram(databasePrograms)
  if (program === undefined) throw new LaunchError('mysqld or mariadbd is not on PATH')
  await mkdir(options.folder, { recursive: true })
  await mkdir(temporaryFolder(options.folder), { recursive: true })
  const dataFolder = join(options.folder, 'data')
  if (!existsSync(dataFolder)) await initialise(program, options, dataFolder)
  const password = await readPassword(options.folder)
  const initFile = join(options.folder, 'initial.sql')
  await writeFile(initFile, initialStatements(password), { mode: 0o600 })
  const server = await startProcess({
    name: 'database',
    command: program,
    arguments: serverArguments(options, dataFolder, initFile),
    environment: { ...process.env, ...options.environment },
    folder: options.folder,
    ports: [options.port],
    stopWithinMs: 6_000,
  })
  const probe = { port: options.port, read: isGreeting }
  await waitUntilReady(server, probe, { timeoutMs: 60_000, signal: options.signal })
  return {
    ...server,
    port: options.port,
    url: `mysql://firstcome:${password}@127.0.0.1:${options.port}/firstcome`,
  }
}

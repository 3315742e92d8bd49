import { randomBytes } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { access, chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { createFolder } from '../../platform/create-folder.ts'
import { messageOf } from '../../platform/failure.ts'
import { removeDockerServices } from '../docker-services.ts'
import { LaunchError } from '../launch-error.ts'
import {
  findRecordedProcess,
  removeProcessRecord,
  stopRecordedProcess,
  writeProcessRecord,
} from '../processes/process-record.ts'
import type { StartedServers } from '../start-servers.ts'
import { removeLaunchFacts } from './launch-facts.ts'

/** The key that signs shoppers' tokens, and the operators' token. */
export type LaunchSecrets = { JWT_SECRET: string; ADMIN_TOKEN: string }

const ownProcesses = ['api', 'worker'] as const
const serverProcesses = ['redis', 'kafka', 'database'] as const
// A closed list: FIRSTCOME_FOLDER may be a folder that holds other files too, and Kafka's jars are kept.
const ownEntries = [...ownProcesses, ...serverProcesses, 'secrets', 'environment'] as const

const launcherFolder = (folder: string): string => join(folder, 'launcher')

/** The pid of the `npm start` that runs on `folder`, if any. */
export const findLauncher = (folder: string): Promise<number | undefined> =>
  findRecordedProcess(launcherFolder(folder))

/** Creates it where it is missing. Throws a LaunchError when this process may not write there. */
export const requireWritableFolder = async (folder: string): Promise<void> => {
  try {
    await createFolder(folder)
    // With the slash, a file is refused too.
    await access(`${folder}/`, constants.W_OK)
  } catch (cause) {
    throw new LaunchError(
      `${folder} cannot be written: set FIRSTCOME_FOLDER to a folder of yours (${messageOf(cause)})`,
    )
  }
}

/**
 * Reserves `folder` for this launcher: throws when another launcher runs on it, stops the processes that a
 * killed one left, and empties it when `isFresh`. Resolves with the function that releases it.
 */
export const acquireFolder = async (folder: string, isFresh: boolean): Promise<() => Promise<void>> => {
  await requireWritableFolder(folder)
  const other = await findLauncher(folder)
  if (other !== undefined)
    throw new LaunchError(
      `npm start already runs on ${folder}, as process ${other}: ` +
        'stop it, or set FIRSTCOME_FOLDER to another folder',
    )
  await removeLaunchFacts(folder)
  await writeProcessRecord(launcherFolder(folder), process.pid)
  await Promise.all(ownProcesses.map((name) => stopRecordedProcess(join(folder, name))))
  await Promise.all(serverProcesses.map((name) => stopRecordedProcess(join(folder, name))))
  if (isFresh) {
    await removeDockerServices(folder)
    await Promise.all(ownEntries.map((name) => rm(join(folder, name), { recursive: true, force: true })))
  }
  return () => removeProcessRecord(launcherFolder(folder))
}

const readVariables = async (file: string): Promise<Record<string, string | undefined>> =>
  existsSync(file) ? parseEnv(await readFile(file, 'utf8')) : {}

// As `node --env-file` reads it: the value must not contain the quotation mark, and only " expands escapes.
const quote = (value: string): string => {
  const mark = ["'", '`', '"'].find((candidate) => !value.includes(candidate))
  if (mark === undefined)
    throw new LaunchError('a setting that contains all of \' ` " cannot be written to a file of variables')
  return `${mark}${value}${mark}`
}

const writeVariables = async (file: string, variables: Readonly<Record<string, string>>): Promise<void> => {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}\n`)
  await writeFile(file, lines.join(''), { mode: 0o600 })
  // writeFile sets the mode only of a file that it creates.
  await chmod(file, 0o600)
}

/** The given secrets. One that is not given is random and kept in `folder` for later starts. */
export const readSecrets = async (
  folder: string,
  given: { jwtSecret: string | undefined; adminToken: string | undefined },
): Promise<LaunchSecrets> => {
  const file = join(folder, 'secrets')
  const kept = await readVariables(file)
  const random = (): string => randomBytes(32).toString('hex')
  const own = { JWT_SECRET: kept['JWT_SECRET'] ?? random(), ADMIN_TOKEN: kept['ADMIN_TOKEN'] ?? random() }
  await mkdir(folder, { recursive: true })
  await writeVariables(file, own)
  return { JWT_SECRET: given.jwtSecret ?? own.JWT_SECRET, ADMIN_TOKEN: given.adminToken ?? own.ADMIN_TOKEN }
}

/** The file with the variables that commands in other terminals need, for `node --env-file`. */
export const environmentFile = (folder: string): string => join(folder, 'environment')

export const writeEnvironment = (
  folder: string,
  variables: Readonly<Record<string, string>>,
): Promise<void> => writeVariables(environmentFile(folder), variables)

export const readEnvironment = (folder: string): Promise<Record<string, string | undefined>> =>
  readVariables(environmentFile(folder))

const ownAddressesFile = (folder: string): string => join(folder, 'launcher', 'addresses')

/** Keeps the addresses of the servers that were started here, not those that were given. */
export const writeOwnAddresses = (
  folder: string,
  { environment, sources }: Pick<StartedServers, 'environment' | 'sources'>,
): Promise<void> => {
  const { REDIS_URL, KAFKA_BROKERS, DATABASE_URL } = environment
  return writeVariables(ownAddressesFile(folder), {
    ...(sources.redis.kind === 'address' ? {} : { REDIS_URL }),
    ...(sources.kafka.kind === 'address' ? {} : { KAFKA_BROKERS }),
    ...(sources.database.kind === 'address' ? {} : { DATABASE_URL }),
  })
}

/**
 * Undefined for each variable of `environment` that names a server which an earlier `npm start` started on
 * `folder`. A shell has them that read the environment file. Such a server is to be started, not given.
 */
export const forgetOwnAddresses = async (
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Record<string, undefined>> => {
  const own = Object.entries(await readVariables(ownAddressesFile(folder)))
  const stale = own.filter(([name, address]) => environment[name] === address)
  return Object.fromEntries(stale.map(([name]) => [name, undefined]))
}

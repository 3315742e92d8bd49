import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { removeDocker } from '../docker-services.ts'
import { LaunchError } from '../launch-error.ts'
import {
  findRecordedProcess,
  removeProcessRecord,
  stopRecordedProcess,
  writeProcessRecord,
} from '../processes/process-record.ts'

/** What shoppers' tokens are signed with, and what operators show. */
export type Secrets = { JWT_SECRET: string; ADMIN_TOKEN: string }

const ownProcesses = ['api', 'worker'] as const
const serverProcesses = ['redis', 'kafka', 'database'] as const
// Named one by one: FIRSTCOME_FOLDER may point at a folder that holds other things, and Kafka's jars are kept.
const ownEntries = [...ownProcesses, ...serverProcesses, 'secrets', 'environment'] as const

/**
 * Makes `folder` ours: refuses when another launcher runs on it, stops what a killed one left running, and empties it
 * when `isFresh`. Resolves with what gives it back.
 */
export const takeFolder = async (folder: string, isFresh: boolean): Promise<() => Promise<void>> => {
  const launcher = join(folder, 'launcher')
  const other = await findRecordedProcess(launcher)
  if (other !== undefined)
    throw new LaunchError(
      `npm start runs on ${folder} already, as process ${other}: stop that one, or set FIRSTCOME_FOLDER to another folder`,
    )
  await writeProcessRecord(launcher, process.pid)
  await Promise.all(ownProcesses.map((name) => stopRecordedProcess(join(folder, name))))
  await Promise.all(serverProcesses.map((name) => stopRecordedProcess(join(folder, name))))
  if (isFresh) {
    await removeDocker(folder)
    await Promise.all(ownEntries.map((name) => rm(join(folder, name), { recursive: true, force: true })))
  }
  return () => removeProcessRecord(launcher)
}

const readVariables = async (file: string): Promise<Record<string, string | undefined>> =>
  existsSync(file) ? parseEnv(await readFile(file, 'utf8')) : {}

// As `node --env-file` reads it: the quote must not occur in the value, and only " expands escapes.
const quote = (value: string): string => {
  const mark = ["'", '`', '"'].find((candidate) => !value.includes(candidate))
  if (mark === undefined)
    throw new LaunchError('a setting that contains each of \' ` " cannot be passed on in a file')
  return `${mark}${value}${mark}`
}

const writeVariables = async (file: string, variables: Readonly<Record<string, string>>): Promise<void> => {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}\n`)
  await writeFile(file, lines.join(''), { mode: 0o600 })
  // The mode above is only for a file that was not there.
  await chmod(file, 0o600)
}

/** The secrets given, and for those that are not, random ones that `folder` keeps for every later start. */
export const readSecrets = async (
  folder: string,
  given: { jwtSecret: string | undefined; adminToken: string | undefined },
): Promise<Secrets> => {
  const file = join(folder, 'secrets')
  const kept = await readVariables(file)
  const made = (): string => randomBytes(32).toString('hex')
  const own = { JWT_SECRET: kept['JWT_SECRET'] ?? made(), ADMIN_TOKEN: kept['ADMIN_TOKEN'] ?? made() }
  await mkdir(folder, { recursive: true })
  await writeVariables(file, own)
  return { JWT_SECRET: given.jwtSecret ?? own.JWT_SECRET, ADMIN_TOKEN: given.adminToken ?? own.ADMIN_TOKEN }
}

/** Writes what a command in another terminal needs to know, for `node --env-file`. Answers with the file's name. */
export const writeEnvironment = async (
  folder: string,
  variables: Readonly<Record<string, string>>,
): Promise<string> => {
  const file = join(folder, 'environment')
  await writeVariables(file, variables)
  return file
}

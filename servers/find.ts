import { execFile } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { databasePrograms } from './database.ts'
import { haveJars, jarsFolder } from './jars.ts'
import type { KafkaProgram } from './kafka.ts'
import { findProgram, programFolders } from './programs.ts'
import { redisPrograms } from './redis.ts'

/** Where a server comes from. Undefined: it is missing. */
export type Source<Program> =
  | { kind: 'given'; address: string }
  | { kind: 'program'; program: Program }
  | { kind: 'docker' }
  | undefined

/** Where each server comes from. */
export type Sources = { redis: Source<string>; kafka: Source<KafkaProgram>; database: Source<string> }

/** What is missing to run Kafka here. */
export type KafkaTools = { java: string | undefined; maven: string | undefined }

/** The environment variables that decide. */
export type FindEnvironment = Readonly<Record<string, string | undefined>>

const javaVersionMin = 17

const runsKafka = async (java: string): Promise<boolean> => {
  try {
    // Prints to stderr: openjdk version "17.0.15" …; 8 and older say "1.8.0".
    const { stderr } = await promisify(execFile)(java, ['-version'], { timeout: 10_000 })
    return Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0) >= javaVersionMin
  } catch {
    // On macOS there is a java that only asks to install one.
    return false
  }
}

/** The tools with which Kafka's jars are fetched and run. A Java that is too old for Kafka 4 is as good as none. */
export const findKafkaTools = async (environment: FindEnvironment): Promise<KafkaTools> => {
  const folders = programFolders(environment['PATH'])
  const home = environment['JAVA_HOME']
  const java = findProgram(['java'], home === undefined ? folders : [join(home, 'bin'), ...folders])
  const isUsable = java !== undefined && (await runsKafka(java))
  return { java: isUsable ? java : undefined, maven: findProgram(['mvn'], folders) }
}

// A distribution keeps its scripts in bin and its jars in libs beside it; Homebrew puts both under libexec.
const distributionJars = (environment: FindEnvironment): string | undefined => {
  const script = findProgram(
    ['kafka-server-start', 'kafka-server-start.sh'],
    programFolders(environment['PATH']),
  )
  const home = environment['KAFKA_HOME']
  const homes = home === undefined ? [] : [home]
  if (script !== undefined) homes.push(dirname(dirname(realpathSync(script))))
  return homes.flatMap((folder) => [join(folder, 'libs'), join(folder, 'libexec', 'libs')]).find(existsSync)
}

/** A Java and Kafka's jars: those of KAFKA_HOME or of kafka-server-start on PATH, else those fetched before. */
export const findKafka = async (environment: FindEnvironment): Promise<KafkaProgram | undefined> => {
  const { java } = await findKafkaTools(environment)
  if (java === undefined) return undefined
  const jars = distributionJars(environment) ?? ((await haveJars()) ? await jarsFolder() : undefined)
  return jars === undefined ? undefined : { java, jarsFolder: jars }
}

const programSource = <Program>(program: Program | undefined): Source<Program> =>
  program === undefined ? undefined : { kind: 'program', program }

const given = (address: string | undefined): Source<never> =>
  address === undefined || address === '' ? undefined : { kind: 'given', address }

/** What this machine has, without changing it: an address in the environment first, else a program. */
export const findSources = async (environment: FindEnvironment): Promise<Sources> => {
  const folders = programFolders(environment['PATH'])
  return {
    redis: given(environment['REDIS_URL']) ?? programSource(findProgram(redisPrograms, folders)),
    kafka: given(environment['KAFKA_BROKERS']) ?? programSource(await findKafka(environment)),
    database: given(environment['DATABASE_URL']) ?? programSource(findProgram(databasePrograms, folders)),
  }
}

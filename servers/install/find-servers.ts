import { execFile } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { databasePrograms } from '../start-database.ts'
import type { KafkaProgram } from '../start-kafka.ts'
import { redisPrograms } from '../start-redis.ts'
import { findProgram, programFolders } from './find-program.ts'

export const serverNames = ['redis', 'kafka', 'database'] as const

export type ServerName = (typeof serverNames)[number]

/** Where a server comes from: an address in the environment, a program of this machine, or Docker. */
export type ServerSource<Program> =
  | { kind: 'address'; address: string }
  | { kind: 'program'; program: Program }
  | { kind: 'docker' }

export type ServerSources = {
  redis: ServerSource<string>
  kafka: ServerSource<KafkaProgram>
  database: ServerSource<string>
}

/** A server that this machine does not have is undefined. */
export type FoundSources = { [Name in ServerName]: ServerSources[Name] | undefined }

/** What Kafka needs, as far as this machine has it. */
export type KafkaTools = {
  java: string | undefined
  jarsFolder: string | undefined
  /** Downloads the jars. */
  maven: string | undefined
}

/** Environment variables: the addresses of servers, and PATH, JAVA_HOME and KAFKA_HOME. */
export type SearchEnvironment = Readonly<Record<string, string | undefined>>

export type SearchPlaces = {
  environment: SearchEnvironment
  /** Searched after PATH. */
  systemFolders: readonly string[]
  /** Where Maven puts Kafka's jars. */
  kafkaJarsFolder: string
}

const foldersOf = ({ environment, systemFolders }: SearchPlaces): string[] =>
  programFolders(environment['PATH'], systemFolders)

const javaVersionMin = 17

const canRunKafka = async (java: string): Promise<boolean> => {
  try {
    // Written to stderr: openjdk version "17.0.15" …; Java 8 and older write "1.8.0".
    const { stderr } = await promisify(execFile)(java, ['-version'], { timeout: 10_000 })
    return Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0) >= javaVersionMin
  } catch {
    // macOS has a java that only offers to install Java.
    return false
  }
}

const findJava = async (places: SearchPlaces): Promise<string | undefined> => {
  const home = places.environment['JAVA_HOME']
  const folders = foldersOf(places)
  const java = findProgram(['java'], home === undefined ? folders : [join(home, 'bin'), ...folders])
  return java !== undefined && (await canRunKafka(java)) ? java : undefined
}

// A distribution has scripts in bin and jars in libs; Homebrew puts both under libexec.
const findDistributionJars = (places: SearchPlaces): string | undefined => {
  const script = findProgram(['kafka-server-start', 'kafka-server-start.sh'], foldersOf(places))
  const home = places.environment['KAFKA_HOME']
  const homes = home === undefined ? [] : [home]
  if (script !== undefined) homes.push(dirname(dirname(realpathSync(script))))
  return homes.flatMap((folder) => [join(folder, 'libs'), join(folder, 'libexec', 'libs')]).find(existsSync)
}

const findDownloadedJars = ({ kafkaJarsFolder }: SearchPlaces): string | undefined =>
  existsSync(kafkaJarsFolder) ? kafkaJarsFolder : undefined

/**
 * A Java of version 17 or newer; an older one counts as none. The jars of KAFKA_HOME or of kafka-server-start
 * on PATH, else those that Maven downloaded earlier.
 */
export const findKafkaTools = async (places: SearchPlaces): Promise<KafkaTools> => ({
  java: await findJava(places),
  jarsFolder: findDistributionJars(places) ?? findDownloadedJars(places),
  maven: findProgram(['mvn'], foldersOf(places)),
})

const findKafka = async (places: SearchPlaces): Promise<KafkaProgram | undefined> => {
  const { java, jarsFolder } = await findKafkaTools(places)
  return java === undefined || jarsFolder === undefined ? undefined : { java, jarsFolder }
}

const programSource = <Program>(program: Program | undefined): ServerSource<Program> | undefined =>
  program === undefined ? undefined : { kind: 'program', program }

const addressSource = (address: string | undefined): ServerSource<never> | undefined =>
  address === undefined || address === '' ? undefined : { kind: 'address', address }

/** What this machine has, without changing it: an address in the environment first, else a program. */
export const findServerSources = async (places: SearchPlaces): Promise<FoundSources> => {
  const folders = foldersOf(places)
  const { environment } = places
  return {
    redis: addressSource(environment['REDIS_URL']) ?? programSource(findProgram(redisPrograms, folders)),
    kafka: addressSource(environment['KAFKA_BROKERS']) ?? programSource(await findKafka(places)),
    database:
      addressSource(environment['DATABASE_URL']) ?? programSource(findProgram(databasePrograms, folders)),
  }
}

import { execFile } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { databasePrograms } from '../start-database.ts'
import { haveJars, jarsFolder } from './kafka-jars.ts'
import type { KafkaProgram } from '../start-kafka.ts'
import { findProgram, programFolders } from './find-program.ts'
import { redisPrograms } from '../start-redis.ts'

/** Where a server comes from. Undefined: it is missing. */
export type ServerSource<Program> =
  | { kind: 'given'; address: string }
  | { kind: 'program'; program: Program }
  | { kind: 'docker' }
  | undefined

/** Where each server comes from. */
export type ServerSources = {
  redis: ServerSource<string>
  kafka: ServerSource<KafkaProgram>
  database: ServerSource<string>
}

/** What is missing to run Kafka here. */
export type KafkaTools = { java: string | undefined; maven: string | undefined }

/** Environment variables: addresses, and PATH, JAVA_HOME, KAFKA_HOME. */
export type SearchEnvironment = Readonly<Record<string, string | undefined>>

/** Where to look. */
export type SearchPlaces = {
  environment: SearchEnvironment
  /** Searched after PATH. */
  systemFolders: readonly string[]
}

const foldersOf = ({ environment, systemFolders }: SearchPlaces): string[] =>
  programFolders(environment['PATH'], systemFolders)

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
export const findKafkaTools = async (place: SearchPlaces): Promise<KafkaTools> => {
  const folders = foldersOf(place)
  const home = place.environment['JAVA_HOME']
  const java = findProgram(['java'], home === undefined ? folders : [join(home, 'bin'), ...folders])
  const isUsable = java !== undefined && (await runsKafka(java))
  return { java: isUsable ? java : undefined, maven: findProgram(['mvn'], folders) }
}

// A distribution keeps its scripts in bin and its jars in libs beside it; Homebrew puts both under libexec.
const distributionJars = (place: SearchPlaces): string | undefined => {
  const script = findProgram(['kafka-server-start', 'kafka-server-start.sh'], foldersOf(place))
  const home = place.environment['KAFKA_HOME']
  const homes = home === undefined ? [] : [home]
  if (script !== undefined) homes.push(dirname(dirname(realpathSync(script))))
  return homes.flatMap((folder) => [join(folder, 'libs'), join(folder, 'libexec', 'libs')]).find(existsSync)
}

/** A Java and Kafka's jars: those of KAFKA_HOME or of kafka-server-start on PATH, else those fetched before. */
const findKafka = async (place: SearchPlaces): Promise<KafkaProgram | undefined> => {
  const { java } = await findKafkaTools(place)
  if (java === undefined) return undefined
  const jars = distributionJars(place) ?? ((await haveJars()) ? await jarsFolder() : undefined)
  return jars === undefined ? undefined : { java, jarsFolder: jars }
}

const programSource = <Program>(program: Program | undefined): ServerSource<Program> =>
  program === undefined ? undefined : { kind: 'program', program }

const given = (address: string | undefined): ServerSource<never> =>
  address === undefined || address === '' ? undefined : { kind: 'given', address }

/** What this machine has, without changing it: an address in the environment first, else a program. */
export const findServerSources = async (place: SearchPlaces): Promise<ServerSources> => {
  const folders = foldersOf(place)
  const { environment } = place
  return {
    redis: given(environment['REDIS_URL']) ?? programSource(findProgram(redisPrograms, folders)),
    kafka: given(environment['KAFKA_BROKERS']) ?? programSource(await findKafka(place)),
    database: given(environment['DATABASE_URL']) ?? programSource(findProgram(databasePrograms, folders)),
  }
}

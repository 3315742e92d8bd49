import { createHash, randomUUID } from 'node:crypto'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { runProgram } from '../processes/run-program.ts'
import { shortPath } from '../short-path.ts'

const pomFile = join(import.meta.dirname, 'kafka', 'pom.xml')
const pom = readFileSync(pomFile, 'utf8')

/** The version of Kafka that the jars are of. */
export const kafkaVersion = /<artifactId>kafka_[\d.]+<\/artifactId>\s*<version>([^<]+)</.exec(pom)?.[1] ?? ''

export const kafkaJarsMegabytes = 43

/** The jars of this checkout, shared by `npm start` and the tests. Another pom.xml has another folder. */
export const kafkaJarsFolder = join(
  import.meta.dirname,
  '..',
  '..',
  '.firstcome',
  'kafka-jars',
  createHash('sha256').update(pom).digest('hex').slice(0, 12),
)

const hasKafkaJars = (): boolean => existsSync(kafkaJarsFolder)

// Pinned like the versions in pom.xml: without a version Maven takes the newest.
const copyDependencies = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies'

/** By the list of users, as Java reads it, not by HOME. The user of a container may be in no list. */
const hasWritableHome = (): boolean => {
  try {
    accessSync(userInfo().homedir, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** What Maven is called with to put the jars into `folder`. Without a home it keeps its copy beside them. */
export const mavenArguments = (folder = kafkaJarsFolder, hasHome = hasWritableHome()): string[] => [
  '--batch-mode',
  '--no-transfer-progress',
  '--strict-checksums',
  `--file=${shortPath(pomFile)}`,
  copyDependencies,
  '-DincludeScope=runtime',
  `-DoutputDirectory=${folder}`,
  ...(hasHome ? [] : [`-Dmaven.repo.local=${join(dirname(folder), 'maven')}`]),
]

/** Downloads the jars with Maven, unless they exist. Two processes may do so at once. */
export const downloadKafkaJars = async (maven: string, signal?: AbortSignal): Promise<void> => {
  if (hasKafkaJars()) return
  // Renamed when complete, so that no process sees half a download.
  const partFolder = `${kafkaJarsFolder}.${randomUUID()}`
  await mkdir(partFolder, { recursive: true })
  try {
    await runProgram({
      command: maven,
      arguments: mavenArguments(partFolder),
      // Java reads the names of folders by the locale, and knows only ASCII without one.
      environment: { ...process.env, LC_ALL: 'C.UTF-8' },
      logFile: `${kafkaJarsFolder}.log`,
      timeoutMs: 600_000,
      signal,
    })
    await rename(partFolder, kafkaJarsFolder)
  } catch (cause) {
    // ENOTEMPTY: another process was faster, and its jars are the same.
    if (!hasKafkaJars()) throw cause
  } finally {
    await rm(partFolder, { recursive: true, force: true })
  }
}

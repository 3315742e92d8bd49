import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
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

/** What Maven is called with to put the jars into `folder`. */
export const mavenArguments = (folder = kafkaJarsFolder): string[] => [
  '--batch-mode',
  '--no-transfer-progress',
  '--strict-checksums',
  `--file=${shortPath(pomFile)}`,
  copyDependencies,
  '-DincludeScope=runtime',
  `-DoutputDirectory=${folder}`,
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

import { dirname } from 'node:path'
import { dockerImageOf, dockerServices } from '../docker-services.ts'
import { shortPath } from '../short-path.ts'
import { packageOf } from './debian-packages.ts'
import { systemFolders } from './find-program.ts'
import type { FoundSources, ServerName, ServerSource } from './find-servers.ts'
import { kafkaJarsFolder } from './kafka-jars.ts'

const variables: Record<ServerName, string> = {
  redis: 'REDIS_URL',
  kafka: 'KAFKA_BROKERS',
  database: 'DATABASE_URL',
}

const describeProgram = async (file: string): Promise<string> => {
  const name = await packageOf(file)
  if (name !== undefined) return `${file} (Debian package ${name})`
  return systemFolders.includes(dirname(file)) ? file : `${file} (on PATH)`
}

const describeJars = (folder: string): string =>
  folder === kafkaJarsFolder
    ? `${shortPath(dirname(folder))} (Maven Central)`
    : `${folder} (Kafka distribution)`

/** Where a server comes from, in words: the variable, the file and its package, the jars, or the image. */
export const describeSource = async (
  name: ServerName,
  { redis, kafka, database }: FoundSources,
): Promise<string> => {
  const source: ServerSource<unknown> | undefined = { redis, kafka, database }[name]
  if (source?.kind === 'address') return `address in ${variables[name]}`
  if (source?.kind === 'docker') return `Docker image ${dockerImageOf(dockerServices[name])}`
  if (name === 'redis' && redis?.kind === 'program') return describeProgram(redis.program)
  if (name === 'database' && database?.kind === 'program') return describeProgram(database.program)
  if (name === 'kafka' && kafka?.kind === 'program') return describeJars(kafka.program.jarsFolder)
  return 'missing'
}

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { dockerImageOf, dockerServices } from '../docker-services.ts'
import type { FoundSources, ServerName } from '../install/find-servers.ts'
import { versionOfKafkaJars } from './kafka-version.ts'
import { type ProductVersion, parseDatabaseVersion, parseRedisProgram } from './product-version.ts'

/** What a server is called until it is known which product it is. */
export const defaultProducts: Record<ServerName, string> = {
  redis: 'Redis',
  kafka: 'Kafka',
  database: 'MySQL',
}

const versionOutput = async (program: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(program, ['--version'], { timeout: 10_000 })
  return stdout
}

const imageVersion = (name: ServerName): ProductVersion => ({
  product: defaultProducts[name],
  version: /:(\d[\d.]*)/.exec(dockerImageOf(dockerServices[name]))?.[1],
})

/**
 * Product and version of a server that need not run, from its program, its jars or the tag of its image.
 * Without a version for a server that is given by its address.
 */
export const installedVersion = async (
  name: ServerName,
  { redis, kafka, database }: FoundSources,
): Promise<ProductVersion> => {
  const source = { redis, kafka, database }[name]
  if (source?.kind === 'docker') return imageVersion(name)
  if (name === 'redis' && redis?.kind === 'program')
    return parseRedisProgram(await versionOutput(redis.program))
  if (name === 'database' && database?.kind === 'program')
    return parseDatabaseVersion(await versionOutput(database.program))
  const version =
    name === 'kafka' && kafka?.kind === 'program' ? versionOfKafkaJars(kafka.program.jarsFolder) : undefined
  return { product: defaultProducts[name], version }
}

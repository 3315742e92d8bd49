import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { addressWithoutSecrets } from '../../platform/connections/redis-address.ts'
import type { ServerConnections } from '../../platform/connections/server-connections.ts'
import { describeSource } from '../install/describe-source.ts'
import type { ServerName, ServerSources } from '../install/find-servers.ts'
import { runningVersion } from '../versions/running-version.ts'

const serverFacts = z.object({
  /** As the server names itself: MariaDB, not MySQL. */
  product: z.string(),
  /** Undefined when the server did not tell. */
  version: z.string().optional(),
  /** Without user and password. */
  address: z.string(),
  /** Where the program comes from. */
  origin: z.string(),
})

const processFacts = z.object({ url: z.string(), metricsUrl: z.string() })

const launchFacts = z.object({
  startedAt: z.string(),
  /** Absolute; holds data, logs and secrets. */
  folder: z.string(),
  api: processFacts,
  worker: processFacts,
  servers: z.object({ redis: serverFacts, kafka: serverFacts, database: serverFacts }),
  campaign: z.object({ id: z.string(), name: z.string(), stock: z.number(), opensAt: z.string() }),
  /** The shopper whose token the banner shows. */
  user: z.string(),
})

/** What runs. Holds no secret. */
export type LaunchFacts = z.infer<typeof launchFacts>

export type ServerFacts = z.infer<typeof serverFacts>

/** Asks the running servers which products and versions they are. */
export const collectServerFacts = async (
  sources: ServerSources,
  connections: ServerConnections,
): Promise<LaunchFacts['servers']> => {
  const factsOf = async (name: ServerName, address: string): Promise<ServerFacts> => ({
    ...(await runningVersion(name, sources, connections)),
    address,
    origin: await describeSource(name, sources),
  })
  const [redis, kafka, database] = await Promise.all([
    factsOf('redis', addressWithoutSecrets(connections.redis.url)),
    factsOf('kafka', connections.kafka.brokers.join(',')),
    factsOf('database', addressWithoutSecrets(connections.database.url)),
  ])
  return { redis, kafka, database }
}

const factsFile = (folder: string): string => join(folder, 'launcher', 'facts.json')

/** Keeps the facts for `npm run status` for as long as everything runs. */
export const writeLaunchFacts = (facts: LaunchFacts): Promise<void> =>
  writeFile(factsFile(facts.folder), `${JSON.stringify(facts, undefined, 2)}\n`)

export const removeLaunchFacts = (folder: string): Promise<void> => rm(factsFile(folder), { force: true })

/** Undefined while `npm start` is starting or stopping. */
export const readLaunchFacts = async (folder: string): Promise<LaunchFacts | undefined> => {
  const file = factsFile(folder)
  return existsSync(file) ? launchFacts.parse(JSON.parse(await readFile(file, 'utf8'))) : undefined
}

import { LaunchError } from '../launch-error.ts'
import { hasDocker } from '../docker-services.ts'
import {
  type SearchEnvironment,
  findKafkaTools,
  findServerSources,
  type KafkaTools,
  type SearchPlaces,
  type ServerSources,
} from './find-servers.ts'
import { canInstallPackages, installPackages, javaPackages } from './debian-packages.ts'
import { fetchJars } from './kafka-jars.ts'
import { systemFolders } from './find-program.ts'
import type { ProgressDisplay } from '../../platform/progress-display.ts'

/** Where to look, and what may be done to get what is missing. */
export type HostCapabilities = SearchPlaces & {
  /** apt-get may be used. */
  canInstall: boolean
  /** Whether a Docker engine answers. */
  hasDocker: () => Promise<boolean>
  platform: NodeJS.Platform
}

export type ObtainOptions = {
  host: HostCapabilities
  progress: ProgressDisplay
  /** For what the installers print. */
  logFolder: string
  signal?: AbortSignal | undefined
}

/** The machine we run on. */
export const detectHost = (environment: SearchEnvironment): HostCapabilities => ({
  environment,
  systemFolders,
  canInstall: canInstallPackages(),
  hasDocker,
  platform: process.platform,
})

const serverNames = ['redis', 'kafka', 'database'] as const

/** The servers of which nothing is known. */
const missingOf = (sources: ServerSources): (keyof ServerSources)[] =>
  serverNames.filter((name) => sources[name] === undefined)

const packagesFor = (missing: readonly (keyof ServerSources)[], tools: KafkaTools): (readonly string[])[] => [
  ...(missing.includes('redis') ? [['redis-server']] : []),
  ...(missing.includes('database') ? [['mariadb-server']] : []),
  ...(missing.includes('kafka') && tools.java === undefined ? [javaPackages] : []),
  ...(missing.includes('kafka') && tools.maven === undefined ? [['maven']] : []),
]

const install = async (
  sources: ServerSources,
  { host: machine, progress, logFolder, signal }: ObtainOptions,
): Promise<void> => {
  const missing = missingOf(sources)
  const fetch = async (tools: KafkaTools): Promise<void> => {
    const { java, maven } = tools
    if (!missing.includes('kafka') || java === undefined || maven === undefined) return
    await progress.step('Kafka: fetching its jars with mvn, 43 MB', () => fetchJars(maven, signal))
  }
  const tools = await findKafkaTools(machine)
  const packages = machine.canInstall ? packagesFor(missing, tools) : []
  const names = packages.map((candidates) => candidates.join(' or ')).join(', ')
  const installed =
    packages.length === 0
      ? Promise.resolve()
      : progress.step(`apt-get: installing ${names}`, () => installPackages(packages, { logFolder, signal }))
  // Settled, not raced: a fault must not leave the other at work.
  const results = await Promise.allSettled([installed, fetch(tools)])
  for (const result of results) if (result.status === 'rejected') throw result.reason
  await fetch(await findKafkaTools(machine))
}

type Remedy = { title: string; wants: string; variable: string; debian: string; brew: string }

const remedies: Record<keyof ServerSources, Remedy> = {
  redis: {
    title: 'Redis',
    wants: 'redis-server or valkey-server on PATH',
    variable: 'REDIS_URL',
    debian: 'redis-server',
    brew: 'redis',
  },
  kafka: {
    title: 'Kafka',
    wants: 'KAFKA_HOME or kafka-server-start, and Java 17; or Java 17 and mvn',
    variable: 'KAFKA_BROKERS',
    debian: 'default-jre-headless maven',
    brew: 'kafka',
  },
  database: {
    title: 'MySQL',
    wants: 'mysqld or mariadbd on PATH',
    variable: 'DATABASE_URL',
    debian: 'mariadb-server',
    brew: 'mysql',
  },
}

const describeMissing = (missing: readonly (keyof ServerSources)[], platform: NodeJS.Platform): string => {
  const found = missing.map((name) => remedies[name])
  const lines = found.map(
    ({ title, wants, variable }) => `  ${title.padEnd(6)} ${wants}, or its address in ${variable}`,
  )
  const command =
    platform === 'darwin'
      ? `brew install ${found.map(({ brew }) => brew).join(' ')}`
      : `sudo apt-get install -y --no-install-recommends ${found.map(({ debian }) => debian).join(' ')}`
  return [
    'This machine has no',
    ...lines,
    `They come with:  ${command}`,
    'or start a Docker engine, which runs them from docker-compose.yml.',
  ].join('\n')
}

/**
 * Where each server comes from, after getting what was missing: with apt-get and mvn where that is possible, else from
 * Docker. Throws one StartFault that lists everything that is still missing and what brings it.
 */
export const obtainServerSources = async (options: ObtainOptions): Promise<ServerSources> => {
  const { host: machine, progress } = options
  const before = await findServerSources(machine)
  if (missingOf(before).length === 0) return before
  await install(before, options)
  const after = await findServerSources(machine)
  const missing = missingOf(after)
  if (missing.length === 0) return after
  if (!(await progress.step('asking for a Docker engine', machine.hasDocker)))
    throw new LaunchError(describeMissing(missing, machine.platform))
  const docker = { kind: 'docker' } as const
  return { redis: after.redis ?? docker, kafka: after.kafka ?? docker, database: after.database ?? docker }
}

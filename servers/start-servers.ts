import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProgressDisplay } from '../platform/progress-display.ts'
import { dockerServices, startDockerServices } from './docker-services.ts'
import {
  type SearchEnvironment,
  type ServerSource,
  type ServerSources,
  serverNames,
} from './install/find-servers.ts'
import { detectHost } from './install/host.ts'
import { obtainServerSources } from './install/obtain-servers.ts'
import { findFreePort } from './ports.ts'
import type { ProcessHandle } from './processes/start-process.ts'
import { readPassword, startDatabase } from './start-database.ts'
import { startKafka } from './start-kafka.ts'
import { startRedis } from './start-redis.ts'

/** Where the servers that are started here listen, on 127.0.0.1. */
export type ServerPorts = { redis: number; kafka: number; kafkaController: number; database: number }

/** The variables that give every process of this project the addresses of the servers. */
export type ServerAddresses = { REDIS_URL: string; KAFKA_BROKERS: string; DATABASE_URL: string }

export type StartedServers = {
  readonly environment: ServerAddresses
  readonly sources: ServerSources
  /** The servers that were started as processes, not those given by address or run by Docker. */
  readonly handles: readonly ProcessHandle[]
  /** Stops what was started here, all servers at the same time. */
  readonly stop: () => Promise<void>
}

export type StartServersOptions = {
  /** Holds data and logs, with a folder for each server. */
  folder: string
  ports: ServerPorts
  /**
   * A server whose address is in `REDIS_URL`, `KAFKA_BROKERS` or `DATABASE_URL` is used as it is, not
   * started.
   */
  environment: SearchEnvironment
  /** True when left out. */
  mayInstall?: boolean
  progress: ProgressDisplay
  signal?: AbortSignal | undefined
}

/** Four ports that are free at this moment. */
export const findFreeServerPorts = async (): Promise<ServerPorts> => {
  const ports = new Set<number>()
  while (ports.size < 4) ports.add(await findFreePort())
  const [redis = 0, kafka = 0, kafkaController = 0, database = 0] = ports
  return { redis, kafka, kafkaController, database }
}

// Without a handle it is not a process of this launcher.
type StartedServer = { address: string; handle?: ProcessHandle }

type StartOptions = StartServersOptions & { sources: ServerSources; signal: AbortSignal }

const startFrom = async <Program>(
  source: ServerSource<Program>,
  dockerAddress: string,
  start: (program: Program) => Promise<StartedServer>,
): Promise<StartedServer> => {
  if (source.kind === 'program') return start(source.program)
  return { address: source.kind === 'address' ? source.address : dockerAddress }
}

const startRedisFrom = ({ sources, folder, ports, progress, signal }: StartOptions): Promise<StartedServer> =>
  startFrom(sources.redis, `redis://127.0.0.1:${ports.redis}`, (program) =>
    progress.step('Redis: starting', async () => {
      const handle = await startRedis({ folder: join(folder, 'redis'), port: ports.redis, program, signal })
      return { address: handle.url, handle }
    }),
  )

const startKafkaFrom = ({ sources, folder, ports, progress, signal }: StartOptions): Promise<StartedServer> =>
  startFrom(sources.kafka, `127.0.0.1:${ports.kafka}`, (program) =>
    progress.step('Kafka: starting', async () => {
      const handle = await startKafka({
        folder: join(folder, 'kafka'),
        port: ports.kafka,
        controllerPort: ports.kafkaController,
        program,
        signal,
      })
      return { address: handle.brokers, handle }
    }),
  )

const startDatabaseFrom = async ({
  sources,
  folder,
  ports,
  progress,
  signal,
}: StartOptions): Promise<StartedServer> => {
  const ownFolder = join(folder, 'database')
  const password = await readPassword(ownFolder)
  const dockerAddress = `mysql://firstcome:${password}@127.0.0.1:${ports.database}/firstcome`
  return startFrom(sources.database, dockerAddress, (program) =>
    progress.step('database: starting', async () => {
      const handle = await startDatabase({ folder: ownFolder, port: ports.database, program, signal })
      return { address: handle.url, handle }
    }),
  )
}

type Stop = () => Promise<void>

// All services in one call: Docker starts them at the same time. Resolves with the function that stops them.
const startInDocker = async ({ sources, folder, ports, progress, signal }: StartOptions): Promise<Stop> => {
  const names = serverNames.filter((name) => sources[name].kind === 'docker')
  if (names.length === 0) return async () => {}
  const services = names.map((name) => dockerServices[name])
  const environment = {
    REDIS_PORT: String(ports.redis),
    KAFKA_PORT: String(ports.kafka),
    DATABASE_PORT: String(ports.database),
    DATABASE_PASSWORD: await readPassword(join(folder, 'database')),
  }
  return progress.step(`Docker: starting ${services.join(', ')}`, () =>
    startDockerServices({ folder, services, environment, signal }),
  )
}

/**
 * Finds the three servers, installs those that are missing and starts them at the same time. When one fails,
 * the others are stopped.
 */
export const startServers = async (options: StartServersOptions): Promise<StartedServers> => {
  const { folder, environment, mayInstall = true, progress } = options
  await mkdir(folder, { recursive: true })
  const sources = await obtainServerSources({
    host: detectHost(environment),
    mayInstall,
    progress,
    logFolder: folder,
    signal: options.signal,
  })
  const failure = new AbortController()
  const signal = AbortSignal.any([failure.signal, ...(options.signal === undefined ? [] : [options.signal])])
  const orStopOthers = async <Result>(starting: Promise<Result>): Promise<Result | undefined> => {
    try {
      return await starting
    } catch (cause) {
      failure.abort(cause)
      return undefined
    }
  }
  const startOptions = { ...options, sources, signal }
  const [redis, kafka, database, stopDocker] = await Promise.all([
    orStopOthers(startRedisFrom(startOptions)),
    orStopOthers(startKafkaFrom(startOptions)),
    orStopOthers(startDatabaseFrom(startOptions)),
    orStopOthers(startInDocker(startOptions)),
  ])
  const handles = [redis, kafka, database].flatMap((server) =>
    server?.handle === undefined ? [] : [server.handle],
  )
  const stop = async (): Promise<void> => {
    await Promise.all([...handles.map((handle) => handle.stop()), stopDocker?.()])
  }
  if (redis === undefined || kafka === undefined || database === undefined || stopDocker === undefined) {
    await stop()
    // The first failure: a signal keeps the reason of its first abort.
    throw failure.signal.reason
  }
  const addresses = {
    REDIS_URL: redis.address,
    KAFKA_BROKERS: kafka.address,
    DATABASE_URL: database.address,
  }
  return { environment: addresses, sources, handles, stop }
}

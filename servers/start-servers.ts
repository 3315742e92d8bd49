import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readPassword, startDatabase } from './start-database.ts'
import { startDocker } from './docker-services.ts'
import type { SearchEnvironment, ServerSource, ServerSources } from './install/find-servers.ts'
import { startKafka } from './start-kafka.ts'
import { obtainServerSources, detectHost } from './install/obtain-servers.ts'
import { findFreePort } from './ports.ts'
import type { ProcessHandle } from './processes/start-process.ts'
import type { ProgressDisplay } from '../platform/progress-display.ts'
import { startRedis } from './start-redis.ts'

/** Where our own servers listen, on 127.0.0.1. */
export type ServerPorts = { redis: number; kafka: number; kafkaController: number; database: number }

/** How every process of this project is told where the servers are. */
type ServerAddresses = { REDIS_URL: string; KAFKA_BROKERS: string; DATABASE_URL: string }

export type StartedServers = {
  readonly environment: ServerAddresses
  /** Those that we started as processes: not those given, not those in Docker. */
  readonly handles: readonly ProcessHandle[]
  /** Stops what was started here, all at once. */
  readonly stop: () => Promise<void>
}

export type StartServersOptions = {
  /** Data and logs of the servers; each has a folder of its own in it. */
  folder: string
  ports: ServerPorts
  /** `REDIS_URL`, `KAFKA_BROKERS`, `DATABASE_URL` are used as they are; PATH, JAVA_HOME, KAFKA_HOME say where to look. */
  environment: SearchEnvironment
  progress: ProgressDisplay
  signal?: AbortSignal | undefined
}

/** Four ports that were free a moment ago. */
export const findFreeServerPorts = async (): Promise<ServerPorts> => {
  const ports = new Set<number>()
  while (ports.size < 4) ports.add(await findFreePort())
  const [redis = 0, kafka = 0, kafkaController = 0, database = 0] = ports
  return { redis, kafka, kafkaController, database }
}

// One of the three, however it came to be. No handle: it is not ours to stop.
type StartedServer = { address: string; handle?: ProcessHandle }

type Beginning = StartServersOptions & { sources: ServerSources; signal: AbortSignal }

const begin = async <Program>(
  source: ServerSource<Program>,
  dockerAddress: string,
  start: (program: Program) => Promise<StartedServer>,
): Promise<StartedServer> => {
  if (source?.kind === 'program') return start(source.program)
  return { address: source?.kind === 'given' ? source.address : dockerAddress }
}

const beginRedis = ({ sources, folder, ports, progress, signal }: Beginning): Promise<StartedServer> =>
  begin(sources.redis, `redis://127.0.0.1:${ports.redis}`, (program) =>
    progress.step('Redis: starting', async () => {
      const handle = await startRedis({ folder: join(folder, 'redis'), port: ports.redis, program, signal })
      return { address: handle.url, handle }
    }),
  )

const beginKafka = ({ sources, folder, ports, progress, signal }: Beginning): Promise<StartedServer> =>
  begin(sources.kafka, `127.0.0.1:${ports.kafka}`, (program) =>
    progress.step('Kafka: starting', async () => {
      const { kafka: port, kafkaController: controllerPort } = ports
      const handle = await startKafka({
        folder: join(folder, 'kafka'),
        port,
        controllerPort,
        program,
        signal,
      })
      return { address: handle.brokers, handle }
    }),
  )

const beginDatabase = async ({
  sources,
  folder,
  ports,
  progress,
  signal,
}: Beginning): Promise<StartedServer> => {
  const ownFolder = join(folder, 'database')
  const password = await readPassword(ownFolder)
  const dockerAddress = `mysql://firstcome:${password}@127.0.0.1:${ports.database}/firstcome`
  return begin(sources.database, dockerAddress, (program) =>
    progress.step('MySQL: starting', async () => {
      const handle = await startDatabase({ folder: ownFolder, port: ports.database, program, signal })
      return { address: handle.url, handle }
    }),
  )
}

const dockerServices = { redis: 'redis', kafka: 'kafka', database: 'mysql' } as const

type Stop = () => Promise<void>

// All of Docker's servers in one call: it starts them side by side itself. Answers with what stops them.
const beginDocker = async ({ sources, folder, ports, progress, signal }: Beginning): Promise<Stop> => {
  const names = (['redis', 'kafka', 'database'] as const).filter((name) => sources[name]?.kind === 'docker')
  if (names.length === 0) return async () => {}
  const services = names.map((name) => dockerServices[name])
  const environment = {
    REDIS_PORT: String(ports.redis),
    KAFKA_PORT: String(ports.kafka),
    DATABASE_PORT: String(ports.database),
    DATABASE_PASSWORD: await readPassword(join(folder, 'database')),
  }
  return progress.step(`Docker: starting ${services.join(', ')}`, () =>
    startDocker({ folder, services, environment, signal }),
  )
}

/** Finds, gets and starts the three servers, side by side. When one cannot be had, the others are stopped again. */
export const startServers = async (options: StartServersOptions): Promise<StartedServers> => {
  await mkdir(options.folder, { recursive: true })
  const sources = await obtainServerSources({
    host: detectHost(options.environment),
    progress: options.progress,
    logFolder: options.folder,
    signal: options.signal,
  })
  const failure = new AbortController()
  const signal = AbortSignal.any([failure.signal, ...(options.signal === undefined ? [] : [options.signal])])
  const orStopOthers = async <Result>(part: Promise<Result>): Promise<Result | undefined> => {
    try {
      return await part
    } catch (fault) {
      failure.abort(fault)
      return undefined
    }
  }
  const beginning = { ...options, sources, signal }
  const [redis, kafka, database, stopDocker] = await Promise.all([
    orStopOthers(beginRedis(beginning)),
    orStopOthers(beginKafka(beginning)),
    orStopOthers(beginDatabase(beginning)),
    orStopOthers(beginDocker(beginning)),
  ])
  const handles = [redis, kafka, database].flatMap((part) =>
    part?.handle === undefined ? [] : [part.handle],
  )
  const stop = async (): Promise<void> => {
    await Promise.all([...handles.map((handle) => handle.stop()), stopDocker?.()])
  }
  if (redis === undefined || kafka === undefined || database === undefined || stopDocker === undefined) {
    await stop()
    // The first fault: a signal keeps the reason it was first aborted with.
    throw failure.signal.reason
  }
  const environment = {
    REDIS_URL: redis.address,
    KAFKA_BROKERS: kafka.address,
    DATABASE_URL: database.address,
  }
  return { environment, handles, stop }
}

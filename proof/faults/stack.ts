import { join } from 'node:path'
import type { ProgressDisplay } from '../../platform/progress-display.ts'
import { detectHost, type Host } from '../../servers/install/host.ts'
import { obtainServerSources } from '../../servers/install/obtain-servers.ts'
import { LaunchError } from '../../servers/launch-error.ts'
import { findFreePort } from '../../servers/ports.ts'
import { runProgram } from '../../servers/processes/run-program.ts'
import { startProcess } from '../../servers/processes/start-process.ts'
import { buildShiftedClocks, type ShiftedClocks } from './clocks/shifted-clocks.ts'
import { type StackDatabase, startStackDatabase } from './stack-database.ts'
import { type BrokerPorts, type StackKafka, startStackKafka, topicOptionsOn } from './stack-kafka.ts'
import { createLinks, type LinkClient, type Links } from './stack-links.ts'
import { type StackRedis, startStackRedis } from './stack-redis.ts'
import { type SupervisedProcess, superviseProcess } from './supervised-process.ts'

/** An API process or a worker of the stack. */
export type OwnProcess = SupervisedProcess & { readonly url: string }

/**
 * Everything that a fault may strike. API processes and workers reach the servers through the links alone.
 */
export type Stack = {
  readonly links: Links
  readonly redis: StackRedis
  readonly kafka: StackKafka
  readonly database: StackDatabase
  readonly apis: readonly OwnProcess[]
  readonly workers: readonly OwnProcess[]
  /** Wall clocks by name: `redis`, `kafka`, `mysql`, `api-1` and so on. Only on Linux can they be shifted. */
  readonly clocks: ShiftedClocks | undefined
  /** Runs `npm run migrate`. Rejects when it failed, or was ended after `killAfterMs`. */
  migrate(killAfterMs?: number): Promise<void>
  /** How often an API process or a worker exited though no fault had struck it. */
  exitsByThemselves(): number
  /** Stops everything, in whatever state it is. */
  stop(): Promise<void>
  /** Sends SIGKILL to everything, for the exit of this process. A paused process reacts to nothing else. */
  killAtOnce(): void
}

export type StackOptions = {
  /** Holds the data and logs of everything. */
  folder: string
  /** Names the programs of the servers. */
  environment: NodeJS.ProcessEnv
  /** With three, every record has three copies, and counts as written when two brokers have it. */
  brokers: 1 | 3
  /** Added to the environment of API processes and workers. */
  secrets: Readonly<Record<string, string>>
  progress: ProgressDisplay
  signal: AbortSignal
}

const root = join(import.meta.dirname, '..', '..')
const processesOfEach = 2
const stopWithinMs = 3_000
const migrateWithinMs = 60_000

const takePorts = async <Name extends string>(names: readonly Name[]): Promise<Record<Name, number>> => {
  const ports = new Set<number>()
  while (ports.size < names.length) ports.add(await findFreePort())
  const taken = [...ports]
  return Object.fromEntries(names.map((name, at) => [name, taken[at] ?? 0])) as Record<Name, number>
}

/** The programs on this machine. Servers elsewhere or in Docker cannot be killed from here. */
const findPrograms = async (host: Host, { folder, progress, signal }: StackOptions) => {
  const sources = await obtainServerSources({ host, progress, logFolder: folder, signal })
  const { redis, kafka, database } = sources
  if (redis?.kind !== 'program' || kafka?.kind !== 'program' || database?.kind !== 'program')
    throw new LaunchError(
      'a fault run needs Redis, Kafka and MySQL as programs on this machine, not in Docker',
    )
  return { redis: redis.program, kafka: kafka.program, database: database.program }
}

/**
 * Rounds take seconds, so a campaign is retired a minute after it closes. The sweep is off: after half a
 * minute it records grants that only a gate knows. The protocol must never leave any, and the sweep would
 * hide them.
 */
const settings = { GATE_LIFETIME_MS: '60000', RETIREMENT_INTERVAL_MS: '2000', SWEEP_INTERVAL_MS: '3600000' }

const createOwn = async (
  part: LinkClient,
  name: string,
  environmentOf: () => NodeJS.ProcessEnv,
  { folder, say }: { folder: string; say(line: string): void },
): Promise<OwnProcess> => {
  const ports = await takePorts(['own', 'metrics'])
  const upper = part.toUpperCase()
  const launch = () =>
    startProcess({
      name,
      command: process.execPath,
      arguments: [join(root, part, 'main.ts')],
      environment: {
        ...environmentOf(),
        [`${upper}_PORT`]: String(ports.own),
        [`${upper}_METRICS_PORT`]: String(ports.metrics),
      },
      folder: join(folder, name),
      stopWithinMs,
    })
  const supervised = superviseProcess({ name, folder: join(folder, name), launch, say })
  return { ...supervised, url: `http://127.0.0.1:${ports.own}` }
}

/** Starts everything on an empty folder. When a part cannot start, it stops the others and rejects. */
export const startStack = async (options: StackOptions): Promise<Stack> => {
  const { folder, environment, brokers, secrets, progress, signal } = options
  const stops: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).toReversed()) await one()
  }
  try {
    const host = detectHost({ ...environment, REDIS_URL: '', KAFKA_BROKERS: '', DATABASE_URL: '' })
    const programs = await findPrograms(host, options)
    const clocks = await buildShiftedClocks({ folder: join(folder, 'clocks'), host, progress, signal })
    const withClock = (name: string): Readonly<Record<string, string>> => clocks?.environmentOf(name) ?? {}
    const ports = await takePorts(['redis', 'controller', 'mysql'])
    const brokerPorts: BrokerPorts[] = []
    while (brokerPorts.length < brokers) brokerPorts.push(await takePorts(['own', 'api', 'worker']))
    const topicOptions = topicOptionsOn(brokers)
    const links = await createLinks((server, client) =>
      server === 'kafka' ? brokerPorts.map((one) => one[client]) : [ports[server]],
    )
    stops.push(links.close)
    const { say } = progress
    const linkPorts = { api: links.of.kafka.api.ports, worker: links.of.kafka.worker.ports }
    const starting = [
      startStackRedis({
        folder,
        program: programs.redis,
        port: ports.redis,
        links: () => links.to('redis'),
        environment: withClock('redis'),
        say,
      }),
      startStackKafka({
        folder: join(folder, 'kafka'),
        program: programs.kafka,
        ports: brokerPorts,
        controllerPort: ports.controller,
        linkPorts,
        topicOptions,
        environment: withClock('kafka'),
        say,
      }),
      startStackDatabase({
        folder: join(folder, 'mysql'),
        program: programs.database,
        port: ports.mysql,
        environment: withClock('mysql'),
        say,
      }),
    ] as const
    for (const part of starting)
      void part.then(
        (started) => stops.push(started.stop),
        () => undefined,
      )
    const [redis, kafka, database] = await progress.step('Redis, Kafka, MySQL: starting', async () => {
      // When one cannot start, wait for the others: only what runs can be stopped.
      await Promise.allSettled(starting)
      return Promise.all(starting)
    })
    const base = {
      PATH: environment['PATH'],
      LOG_LEVEL: 'debug',
      STOP_DELAY_MS: '0',
      // Its people and bad clients ask as fast as they can.
      ...{ CLIENT_RATE_MAX: '0', USER_RATE_MAX: '0' },
      ...settings,
      ...secrets,
    }
    const addresses = (client: LinkClient) => ({
      ...base,
      REDIS_URL: `redis://${links.of.redis[client].addresses}`,
      KAFKA_BROKERS: links.of.kafka[client].addresses,
      DATABASE_URL: database.urlAt(links.of.mysql[client].addresses),
    })
    const migrate = (killAfterMs = migrateWithinMs): Promise<void> =>
      runProgram({
        command: process.execPath,
        arguments: [join(root, 'migrations', 'main.ts')],
        environment: {
          ...addresses('worker'),
          GRANTS_PARTITIONS: String(topicOptions.grantsPartitions),
          TOPIC_REPLICATION_FACTOR: String(topicOptions.replicationFactor),
          TOPIC_MIN_INSYNC_REPLICAS: String(topicOptions.minInsyncReplicas),
        },
        logFile: join(folder, 'migrations.log'),
        timeoutMs: killAfterMs,
        signal,
      })
    await progress.step('creating tables and topics', () => migrate())
    const group = (part: LinkClient): Promise<OwnProcess[]> =>
      Promise.all(
        Array.from({ length: processesOfEach }, (_, at) => {
          const name = `${part}-${at + 1}`
          const clock = withClock(name)
          return createOwn(part, name, () => ({ ...addresses(part), ...clock }), { folder, say })
        }),
      )
    const [apis, workers] = [await group('api'), await group('worker')]
    const own = [...apis, ...workers]
    stops.push(() => Promise.all(own.map((one) => one.stop())))
    await Promise.all(own.map((one) => one.start()))
    return {
      links,
      redis,
      kafka,
      database,
      apis,
      workers,
      clocks,
      migrate,
      stop,
      killAtOnce() {
        const all = [...own, ...kafka.brokers, database.server, ...redis.nodes().map(({ server }) => server)]
        for (const one of all) one.killAtOnce()
      },
      exitsByThemselves: () => own.reduce((sum, one) => sum + one.exitsByItself(), 0),
    }
  } catch (fault) {
    await stop()
    throw fault
  }
}

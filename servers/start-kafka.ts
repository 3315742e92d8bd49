import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { javaProperties } from './java-properties.ts'
import { LaunchError } from './launch-error.ts'
import { runProgram } from './processes/run-program.ts'
import { type ProcessHandle, startProcess } from './processes/start-process.ts'
import { waitUntilReady } from './wait-until-ready.ts'

/** A running Kafka broker. */
export type KafkaServer = ProcessHandle & { readonly brokers: string; readonly port: number }

/** What runs a broker: Java 17 or newer, and a folder with Kafka's jars. */
export type KafkaProgram = { java: string; jarsFolder: string }

/** Where the classes of a broker are kept as Java has them in memory, if they are: see writeClassArchive. */
export const classArchiveOf = (jarsFolder: string): string => `${jarsFolder}.jsa`

export type StartKafkaOptions = {
  /** Holds the data: a later start on the same folder has the data of this one. */
  folder: string
  port: number
  /** The port of the KRaft controller; only the broker itself uses it. */
  controllerPort: number
  program: KafkaProgram
  /** Broker settings; they win over those of this file. */
  extraSettings?: Readonly<Record<string, string>>
  /** Appended to the call of the formatter: users of SCRAM. */
  formatArguments?: readonly string[]
  /** Maximum heap size; 512 when left out. */
  heapMaxMb?: number
  /** The file into which the broker writes its classes when it ends. */
  writesClassArchive?: string
  /** From SIGTERM to SIGKILL; 6 s when left out. */
  stopWithinMs?: number
  /** Added to the environment of this process for the server. */
  environment?: Readonly<Record<string, string>>
  signal?: AbortSignal | undefined
}

const settingsOf = (options: StartKafkaOptions, dataFolder: string): Record<string, string> => ({
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.quorum.voters': `1@127.0.0.1:${options.controllerPort}`,
  'controller.listener.names': 'CONTROLLER',
  listeners: `PLAINTEXT://127.0.0.1:${options.port},CONTROLLER://127.0.0.1:${options.controllerPort}`,
  'advertised.listeners': `PLAINTEXT://127.0.0.1:${options.port}`,
  'inter.broker.listener.name': 'PLAINTEXT',
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  'log.dirs': dataFolder,
  // A topic that Kafka creates by itself has the wrong partitions and the wrong retention.
  'auto.create.topics.enable': 'false',
  // The default waits 3 s for further members whenever a consumer joins an empty group.
  'group.initial.rebalance.delay.ms': '0',
  'num.network.threads': '1',
  'num.io.threads': '2',
  'offsets.topic.num.partitions': '1',
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.num.partitions': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'share.coordinator.state.topic.num.partitions': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  ...options.extraSettings,
})

/** Java says so on standard output when it cannot use an archive, and goes on without. */
const classArchiveArguments = (jarsFolder: string): string[] => {
  const archive = classArchiveOf(jarsFolder)
  return existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`, '-Xlog:cds=off'] : []
}

const javaArguments = ({ program: { jarsFolder }, heapMaxMb = 512 }: StartKafkaOptions): string[] => [
  ...classArchiveArguments(jarsFolder),
  `-Xmx${heapMaxMb}m`,
  '-XX:+UseSerialGC',
  // Without the optimising compiler, which costs more than it saves in the minutes that such a broker runs.
  // A record costs 20 us of CPU with it, 8 without (a burst of 100,000 after one of 100,000, 2026-11-21).
  '-XX:TieredStopAtLevel=1',
  '-Djava.awt.headless=true',
  // The jars of pom.xml log with slf4j-simple, those of a distribution with log4j2. Each ignores the other's
  // settings.
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS',
  '-Dlog4j2.level=INFO',
  '-cp',
  join(jarsFolder, '*'),
]

// Java reads and writes the names of files by the locale, and has only ASCII in that of a container or a
// service.
const javaEnvironment = (options: StartKafkaOptions): NodeJS.ProcessEnv => ({
  ...process.env,
  LC_ALL: 'C.UTF-8',
  ...options.environment,
})

const format = async (
  options: StartKafkaOptions,
  dataFolder: string,
  settingsFile: string,
): Promise<void> => {
  // The formatter writes this file last: without it the folder is left from a format that was interrupted.
  if (existsSync(join(dataFolder, 'meta.properties'))) return
  await rm(dataFolder, { recursive: true, force: true })
  // Kafka's ids are 16 bytes in URL-safe base64.
  const clusterId = randomBytes(16).toString('base64url')
  await runProgram({
    command: options.program.java,
    arguments: [
      ...javaArguments(options),
      'kafka.tools.StorageTool',
      'format',
      `--config=${settingsFile}`,
      `--cluster-id=${clusterId}`,
      ...(options.formatArguments ?? []),
    ],
    environment: javaEnvironment(options),
    logFile: join(options.folder, 'format.log'),
    timeoutMs: 60_000,
    signal: options.signal,
  })
}

// Metadata, version 1, without topics: int32 length, int16 key 3, int16 version, int32 correlation, int16
// client id -1 (none), int32 number of topics.
const metadataRequest = Buffer.from(
  ['0000000e', '0003', '0001', '00000001', 'ffff', '00000000'].join(''),
  'hex',
)

// Length, correlation, number of brokers. A broker answers before the controller has registered it. Until
// then it names no broker, and a topic cannot be created.
const isMetadata = (answer: Buffer): boolean | undefined =>
  answer.length >= 12 ? answer.readInt32BE(8) > 0 : undefined

/** Starts one Kafka node, broker and controller, on 127.0.0.1. Resolves when it is ready. */
export const startKafka = async (options: StartKafkaOptions): Promise<KafkaServer> => {
  const dataFolder = join(options.folder, 'data')
  // It would take this as two folders, and there is no escape for it.
  if (dataFolder.includes(','))
    throw new LaunchError(`Kafka cannot keep its data in a folder with a comma: ${dataFolder}`)
  await mkdir(options.folder, { recursive: true })
  const settingsFile = join(options.folder, 'server.properties')
  await writeFile(settingsFile, javaProperties(settingsOf(options, dataFolder)))
  await format(options, dataFolder, settingsFile)
  const { writesClassArchive: classArchive, stopWithinMs = 6_000 } = options
  const writing = classArchive === undefined ? [] : [`-XX:ArchiveClassesAtExit=${classArchive}`]
  const server = await startProcess({
    name: 'kafka',
    command: options.program.java,
    arguments: [...writing, ...javaArguments(options), 'kafka.Kafka', settingsFile],
    environment: javaEnvironment(options),
    folder: options.folder,
    ports: [options.port, options.controllerPort],
    stopWithinMs,
  })
  const probe = { port: options.port, request: metadataRequest, read: isMetadata }
  await waitUntilReady(server, probe, { timeoutMs: 60_000, signal: options.signal })
  return { ...server, port: options.port, brokers: `127.0.0.1:${options.port}` }
}

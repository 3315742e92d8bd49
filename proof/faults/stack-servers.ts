import { readdirSync } from 'node:fs'
import { grantTopicShapes, grantsTopic } from '../../coupon/log/topics.ts'
import { createKafka, type KafkaCluster } from '../../platform/kafka/client.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { connectDatabase, type Database } from '../../platform/mysql/database.ts'
import { readPassword, startDatabase } from '../../servers/start-database.ts'
import { type KafkaProgram, startKafka } from '../../servers/start-kafka.ts'
import { superviseProcess, type SupervisedProcess } from './supervised-process.ts'

/** The broker of the stack: one, with one way in for each kind of client, so that each has a link of its own. */
export type StackKafka = {
  readonly server: SupervisedProcess
  /** By its own address, past the links. */
  readonly kafka: KafkaCluster
  /** What it calls itself, by its jars. */
  readonly version: string
  /** Whether it takes grants. One that does not answers: there are too few copies. */
  takeGrants(isTaken: boolean): Promise<void>
  stop(): Promise<void>
}

export type StackKafkaPorts = { own: number; controller: number; api: number; worker: number }

/** Shape of the topics on one broker. */
export const topicOptions = { grantsPartitions: 3, replicationFactor: 1, minInsyncReplicas: 1 }

// kafkajs' number for it.
const topicResource = 2
const listenerMap = ['PLAINTEXT', 'CONTROLLER', 'API', 'WORKER'].map((name) => `${name}:PLAINTEXT`).join(',')

const versionOf = ({ jarsFolder }: KafkaProgram): string =>
  readdirSync(jarsFolder)
    .map((name) => /^kafka_[\d.]+-(.+)\.jar$/.exec(name)?.[1])
    .find((version) => version !== undefined) ?? 'unknown'

/** Starts it; `linkPorts` are what clients are told to connect to. */
export const startStackKafka = async (options: {
  folder: string
  program: KafkaProgram
  ports: StackKafkaPorts
  linkPorts: { api: number; worker: number }
  say(line: string): void
}): Promise<StackKafka> => {
  const { folder, program, ports, linkPorts, say } = options
  const at = (name: string, port: number): string => `${name}://127.0.0.1:${port}`
  const launch = () =>
    startKafka({
      ...{ folder, program, port: ports.own, controllerPort: ports.controller },
      heapMaxMb: 320,
      extraSettings: {
        listeners: [
          at('PLAINTEXT', ports.own),
          at('API', ports.api),
          at('WORKER', ports.worker),
          at('CONTROLLER', ports.controller),
        ].join(','),
        'advertised.listeners': [
          at('PLAINTEXT', ports.own),
          at('API', linkPorts.api),
          at('WORKER', linkPorts.worker),
        ].join(','),
        'listener.security.protocol.map': listenerMap,
        // One that was killed is let in again only when its earlier session is over: 9 s as Kafka comes.
        'broker.session.timeout.ms': '2000',
        'broker.heartbeat.interval.ms': '500',
        // 128 MB as it comes, taken at the start.
        'log.cleaner.dedupe.buffer.size': '4194304',
      },
    })
  const server = superviseProcess({ name: 'kafka', folder, launch, say })
  await server.start()
  const kafka = createKafka({
    brokers: [`127.0.0.1:${ports.own}`],
    clientId: 'firstcome-faults',
    log: createLogger('faults', 'silent'),
    requestTimeoutMs: 3_000,
  })
  const grants = grantTopicShapes(topicOptions).find(({ topic }) => topic === grantsTopic)
  return {
    ...{ server, kafka, version: versionOf(program), stop: server.stop },
    async takeGrants(isTaken) {
      // It replaces all settings of the topic.
      const settings = { ...grants?.settings, 'min.insync.replicas': isTaken ? '1' : '2' }
      const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }))
      const admin = kafka.admin()
      try {
        await admin.connect()
        await admin.alterConfigs({
          validateOnly: false,
          resources: [{ type: topicResource, name: grantsTopic, configEntries }],
        })
      } finally {
        await admin.disconnect()
      }
    },
  }
}

/** What the server says that this is. */
export const readDatabaseValue = (database: Database, expression: string): Promise<string> =>
  database.transaction(async (connection) => ({
    commit: false,
    result: String((await connection.read(`SELECT ${expression} AS value`))[0]?.['value']),
  }))

/** The database of the stack. */
export type StackDatabase = {
  readonly server: SupervisedProcess
  /** As our processes are told to reach it, but for the port: that is their link's. */
  urlAt(port: number): string
  /** By its own address, past the links. */
  readonly database: Database
  /** Whether it refuses what our processes want to write. */
  setReadOnly(isReadOnly: boolean): Promise<void>
  stop(): Promise<void>
}

/** Starts it. */
export const startStackDatabase = async (options: {
  folder: string
  program: string
  port: number
  say(line: string): void
}): Promise<StackDatabase> => {
  const { folder, program, port, say } = options
  const extraArguments = ['--innodb-buffer-pool-size=128M']
  const server = superviseProcess({
    ...{ name: 'mysql', folder, say },
    launch: () => startDatabase({ folder, program, port, extraArguments }),
  })
  await server.start()
  const password = await readPassword(folder)
  const urlAt = (at: number): string => `mysql://firstcome:${password}@127.0.0.1:${at}/firstcome`
  const database = connectDatabase({ url: urlAt(port), connectionsMax: 3, queryTimeoutMs: 15_000 })
  const socket = await readDatabaseValue(database, '@@socket')
  // Past every refusal; by its socket, which is the only way in for root.
  const rootUrl = new URL(urlAt(port))
  rootUrl.username = 'root'
  rootUrl.searchParams.set('socketPath', socket)
  const root = connectDatabase({ url: rootUrl.href, connectionsMax: 1, queryTimeoutMs: 3_000 })
  return {
    ...{ server, urlAt, database },
    async setReadOnly(isReadOnly) {
      await root.change(`SET GLOBAL read_only = ${isReadOnly ? 1 : 0}`)
    },
    async stop() {
      await Promise.all([root.close(), database.close()])
      await server.stop()
    },
  }
}

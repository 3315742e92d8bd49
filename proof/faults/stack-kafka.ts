import { grantsTopic, grantTopicShapes } from '../../coupon/log/topics.ts'
import { createKafka, type KafkaCluster } from '../../platform/kafka/client.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { type KafkaProgram, startKafka } from '../../servers/start-kafka.ts'
import { versionOfKafkaJars } from '../../servers/versions/kafka-version.ts'
import { type SupervisedProcess, superviseProcess } from './supervised-process.ts'

/** The one broker of the stack. Each kind of client has its own listener, so that each has its own link. */
export type StackKafka = {
  readonly server: SupervisedProcess
  /** Past the links. */
  readonly kafka: KafkaCluster
  /** Read from the names of its jars. */
  readonly version: string | undefined
  /** Lets it accept grants, or refuse them with NOT_ENOUGH_REPLICAS. */
  acceptGrants(isAccepting: boolean): Promise<void>
  stop(): Promise<void>
}

export type StackKafkaOptions = {
  folder: string
  program: KafkaProgram
  ports: { own: number; controller: number; api: number; worker: number }
  /** The ports of the links: clients are told to connect there. */
  linkPorts: { api: number; worker: number }
  /** Added to the environment of the server. */
  environment: Readonly<Record<string, string>>
  say(line: string): void
}

/** Shape of the topics on one broker. */
export const topicOptions = { grantsPartitions: 3, replicationFactor: 1, minInsyncReplicas: 1 }

// kafkajs has no name for it that is exported at run time.
const topicResource = 2
const listenerMap = ['PLAINTEXT', 'CONTROLLER', 'API', 'WORKER'].map((name) => `${name}:PLAINTEXT`).join(',')

const listenersOf = ({ ports, linkPorts }: StackKafkaOptions): Record<string, string> => {
  const at = (name: string, port: number): string => `${name}://127.0.0.1:${port}`
  return {
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
  }
}

export const startStackKafka = async (options: StackKafkaOptions): Promise<StackKafka> => {
  const { folder, program, ports, environment, say } = options
  const launch = () =>
    startKafka({
      folder,
      program,
      port: ports.own,
      controllerPort: ports.controller,
      heapMaxMb: 320,
      environment,
      extraSettings: {
        ...listenersOf(options),
        // A killed broker may rejoin only after its old session: 9 s by default.
        'broker.session.timeout.ms': '2000',
        'broker.heartbeat.interval.ms': '500',
        // 128 MB by default, allocated at the start.
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
    server,
    kafka,
    version: versionOfKafkaJars(program.jarsFolder),
    stop: server.stop,
    async acceptGrants(isAccepting) {
      // The request replaces all settings of the topic.
      const settings = { ...grants?.settings, 'min.insync.replicas': isAccepting ? '1' : '2' }
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

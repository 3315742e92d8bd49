import { join } from 'node:path'
import { grantsTopic, grantTopicShapes, type TopicOptions } from '../../coupon/log/topics.ts'
import { createKafka, type KafkaCluster } from '../../platform/kafka/client.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { type KafkaProgram, startKafka } from '../../servers/start-kafka.ts'
import { type BrokerId, groupsPlace, placeGroups, startBrokerOfThree } from '../../servers/three-brokers.ts'
import { versionOfKafkaJars } from '../../servers/versions/kafka-version.ts'
import { untilDone } from './kinds/until-done.ts'

import { type SupervisedProcess, superviseProcess } from './supervised-process.ts'

/**
 * The one broker of the stack, or its three. Each kind of client has its own listener, so that each has its
 * own link.
 */
export type StackKafka = {
  /** The first is the controller too. */
  readonly brokers: readonly SupervisedProcess[]
  /** Past the links. */
  readonly kafka: KafkaCluster
  /** Read from the names of its jars. */
  readonly version: string | undefined
  /** The broker that coordinates the groups. Rejects while there is none. */
  coordinator(): Promise<SupervisedProcess>
  /** Resolves when every copy of every topic is in sync. Rejects when they are not in time. */
  untilInSync(): Promise<void>
  /** Lets it accept grants, or refuse them with NOT_ENOUGH_REPLICAS. */
  acceptGrants(isAccepting: boolean): Promise<void>
  stop(): Promise<void>
}

/** The ports of one broker: past the links, and of the listener of each kind of client. */
export type BrokerPorts = { own: number; api: number; worker: number }

export type StackKafkaOptions = {
  folder: string
  program: KafkaProgram
  /** Of each broker. */
  ports: readonly BrokerPorts[]
  controllerPort: number
  /** The ports of the links, of each broker: clients are told to connect there. */
  linkPorts: { api: readonly number[]; worker: readonly number[] }
  topicOptions: TopicOptions
  /** Added to the environment of the servers. */
  environment: Readonly<Record<string, string>>
  say(line: string): void
}

/** Partitions of the log when a run begins. */
export const grantsPartitions = 3

/** Shape of the topics on one broker, or on three. */
export const topicOptionsOn = (brokers: 1 | 3): TopicOptions => ({
  grantsPartitions,
  replicationFactor: brokers,
  minInsyncReplicas: brokers === 3 ? 2 : 1,
})

// kafkajs has no name for it that is exported at run time.
const topicResource = 2
const listenerMap = ['PLAINTEXT', 'CONTROLLER', 'API', 'WORKER'].map((name) => `${name}:PLAINTEXT`).join(',')

const listenersOf = (
  { ports, linkPorts, controllerPort }: StackKafkaOptions,
  index: number,
): Record<string, string> => {
  const at = (name: string, port = 0): string => `${name}://127.0.0.1:${port}`
  const own = ports[index]
  return {
    listeners: [
      at('PLAINTEXT', own?.own),
      at('API', own?.api),
      at('WORKER', own?.worker),
      ...(index === 0 ? [at('CONTROLLER', controllerPort)] : []),
    ].join(','),
    'advertised.listeners': [
      at('PLAINTEXT', own?.own),
      at('API', linkPorts.api[index]),
      at('WORKER', linkPorts.worker[index]),
    ].join(','),
    'listener.security.protocol.map': listenerMap,
  }
}

const settings = {
  // A killed broker may rejoin only after its old session: 9 s by default.
  'broker.session.timeout.ms': '2000',
  'broker.heartbeat.interval.ms': '500',
  // 128 MB by default, allocated at the start.
  'log.cleaner.dedupe.buffer.size': '4194304',
}
const settingsOfThree = {
  'transaction.state.log.replication.factor': '3',
  'transaction.state.log.min.isr': '2',
}

const superviseBrokers = (options: StackKafkaOptions): SupervisedProcess[] => {
  const { folder, program, ports, controllerPort, environment, say } = options
  const shared = { program, controllerPort, environment }
  const [one, ...others] = ports
  if (one !== undefined && others.length === 0) {
    const extraSettings = { ...listenersOf(options, 0), ...settings }
    const launch = () =>
      startKafka({ ...shared, ...{ folder, port: one.own, heapMaxMb: 320, extraSettings } })
    return [superviseProcess({ name: 'kafka', folder, launch, say })]
  }
  const folderOf = (id: BrokerId): string => join(folder, String(id))
  return ([1, 2, 3] as const).map((id) => {
    const extraSettings = { ...listenersOf(options, id - 1), ...settings, ...settingsOfThree }
    const launch = () =>
      startBrokerOfThree({
        ...shared,
        ...{ id, folderOf, port: ports[id - 1]?.own ?? 0, heapMaxMb: 192, extraSettings },
      })
    return superviseProcess({ name: `kafka-${id}`, folder: folderOf(id), launch, say })
  })
}

export const startStackKafka = async (options: StackKafkaOptions): Promise<StackKafka> => {
  const { program, ports, topicOptions } = options
  const brokers = superviseBrokers(options)
  const stop = async (): Promise<void> => {
    // The controller last: the others tell it that they go.
    for (const broker of brokers.toReversed()) await broker.stop()
  }
  const [first, ...others] = brokers
  await first?.start()
  await Promise.all(others.map((broker) => broker.start())).catch(async (cause: unknown) => {
    await stop()
    throw cause
  })
  const kafka = createKafka({
    brokers: ports.map(({ own }) => `127.0.0.1:${own}`),
    clientId: 'firstcome-faults',
    log: createLogger('faults', 'silent'),
    requestTimeoutMs: 3_000,
  })
  const withAdmin = async <Result>(
    work: (admin: ReturnType<typeof kafka.admin>) => Promise<Result>,
  ): Promise<Result> => {
    const admin = kafka.admin()
    try {
      await admin.connect()
      return await work(admin)
    } finally {
      await admin.disconnect()
    }
  }
  const untilInSync = (): Promise<void> =>
    untilDone(() =>
      withAdmin(async (admin) => {
        const { topics } = await admin.fetchTopicMetadata()
        const late = topics.filter(({ partitions }) =>
          partitions.some(({ isr, replicas }) => isr.length < replicas.length),
        )
        if (late.length > 0) throw new Error(`not in sync: ${late.map(({ name }) => name).join(', ')}`)
      }),
    )
  if (others.length > 0) {
    // Not the controller: while it is away nobody is elected.
    await untilDone(() => withAdmin((admin) => placeGroups(admin, [2, 3, 1])))
    await untilInSync()
  }
  const grants = grantTopicShapes(topicOptions).find(({ topic }) => topic === grantsTopic)
  const { minInsyncReplicas, replicationFactor } = topicOptions
  return {
    brokers,
    kafka,
    version: versionOfKafkaJars(program.jarsFolder),
    stop,
    untilInSync,
    async coordinator() {
      const { coordinator } = await withAdmin(groupsPlace)
      const broker = brokers[coordinator - 1]
      if (broker === undefined) throw new Error('the groups have no coordinator')
      return broker
    },
    acceptGrants(isAccepting) {
      // The request replaces all settings of the topic.
      const wanted = isAccepting ? minInsyncReplicas : replicationFactor + 1
      const entries = { ...grants?.settings, 'min.insync.replicas': String(wanted) }
      const configEntries = Object.entries(entries).map(([name, value]) => ({ name, value }))
      const resources = [{ type: topicResource, name: grantsTopic, configEntries }]
      return withAdmin(async (admin) => void (await admin.alterConfigs({ validateOnly: false, resources })))
    },
  }
}

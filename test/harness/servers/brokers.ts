import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { inject } from 'vitest'
import { createKafka, type KafkaCluster } from '../../../platform/kafka/client.ts'
import { createTopicAdmin, type TopicAdmin } from '../../../platform/kafka/topic-admin.ts'
import { createLogger } from '../../../platform/log/logger.ts'
import { createProgressDisplay } from '../../../platform/progress-display.ts'
import { detectHost } from '../../../servers/install/host.ts'
import { obtainServerSources } from '../../../servers/install/obtain-servers.ts'
import { findFreePort } from '../../../servers/ports.ts'
import type { KafkaProgram, KafkaServer } from '../../../servers/start-kafka.ts'
import {
  type BrokerId,
  type FollowerId,
  groupsPlace,
  placeGroups,
  startBrokerOfThree,
} from '../../../servers/three-brokers.ts'
import { until } from '../values/until.ts'

/**
 * Three real brokers of one test file. The first is the controller too and always stays, so that the others
 * may go.
 */
export type Brokers = {
  /** `host:port` of each. */
  readonly addresses: string[]
  /** Clients that know all three. */
  readonly kafka: KafkaCluster
  readonly topics: TopicAdmin
  /** Who leads each partition of a topic now, and how many copies are in sync; nobody leads: -1. */
  partitions(topic: string): Promise<{ leader: number; inSync: number }[]>
  /**
   * Moves the groups to these brokers, and returns which of them coordinates: while all of them are away,
   * there is no coordinator.
   */
  moveGroups(...ids: FollowerId[]): Promise<FollowerId>
  /** The offset that a group has stored for each partition of a topic. */
  groupOffsets(groupId: string, topic: string): Promise<number[]>
  /** Ends it as a power cut does. */
  kill(id: FollowerId): Promise<void>
  /** Pauses the broker; its connections stay open. */
  freeze(id: FollowerId): void
  /** Brings back who was killed or frozen, and waits until every copy of these topics is in sync. */
  heal(...topics: string[]): Promise<void>
  stop(): Promise<void>
}

type Ports = { controller: number; brokers: Record<BrokerId, number> }

const log = createLogger('test', 'silent')
const settings = {
  // How long a broker may be silent until others lead its partitions: 9 s as Kafka comes.
  'broker.session.timeout.ms': '3000',
  'broker.heartbeat.interval.ms': '500',
  // Here a client that creates what it does not find would be seen.
  'auto.create.topics.enable': 'true',
}

/** What runs a broker on this machine; installed if need be. */
export const findKafkaProgram = async (folder: string): Promise<KafkaProgram> => {
  const environment = { ...process.env, ...inject('environment'), KAFKA_BROKERS: '' }
  const progress = createProgressDisplay(process.stderr)
  const { kafka } = await obtainServerSources({
    host: detectHost(environment),
    ...{ progress, logFolder: folder },
  })
  if (kafka?.kind !== 'program') throw new Error('a broker needs a Java of 17 or newer and Kafka or mvn')
  return kafka.program
}

/** Starts them in a folder of this name; they answer and know each other when this resolves. */
export const startBrokers = async (name: string): Promise<Brokers> => {
  const folder = join(inject('folder'), name)
  await mkdir(folder, { recursive: true })
  const program = await findKafkaProgram(folder)
  const ports: Ports = {
    controller: await findFreePort(),
    brokers: { 1: await findFreePort(), 2: await findFreePort(), 3: await findFreePort() },
  }
  const folderOf = (id: BrokerId): string => join(folder, `broker-${id}`)
  const start = (id: BrokerId): Promise<KafkaServer> =>
    startBrokerOfThree({
      ...{ id, folderOf, program, heapMaxMb: 192 },
      ...{ port: ports.brokers[id], controllerPort: ports.controller, extraSettings: settings },
    })
  const servers = new Map<BrokerId, KafkaServer>([[1, await start(1)]])
  const others = [2, 3] as const
  await Promise.all(others.map(async (id) => servers.set(id, await start(id))))
  const addresses = [...servers.values()].map(({ brokers }) => brokers)
  const kafka = createKafka({
    ...{ brokers: addresses, clientId: 'firstcome-test', log, requestTimeoutMs: 10_000 },
  })
  const topics = createTopicAdmin(kafka)
  // It asks the broker that always stays.
  const [first = ''] = addresses
  const admin = createKafka({
    ...{ brokers: [first], clientId: 'firstcome-test-admin', log, requestTimeoutMs: 2_000 },
  }).admin()
  await admin.connect()
  await until('three brokers', async () => (await admin.describeCluster()).brokers.length === 3)
  const frozen = new Set<number>()

  const partitions: Brokers['partitions'] = async (topic) => {
    const metadata = await admin.fetchTopicMetadata({ topics: [topic] })
    return metadata.topics
      .flatMap((one) => one.partitions)
      .sort((left, right) => left.partitionId - right.partitionId)
      .map(({ leader, isr }) => ({ leader, inSync: isr.length }))
  }
  const moveGroups: Brokers['moveGroups'] = async (...ids) => {
    await until('groups', () => placeGroups(admin, ids).then(() => true))
    return until(`the groups are at ${ids.join(' and ')}`, async () => {
      const { coordinator, copies, inSync } = await groupsPlace(admin)
      const leader = ids.find((id) => id === coordinator)
      return copies.length === ids.length && inSync.length === ids.length && leader
    })
  }
  const groupOffsets: Brokers['groupOffsets'] = async (groupId, topic) => {
    const [found] = await admin.fetchOffsets({ groupId, topics: [topic] })
    return (found?.partitions ?? [])
      .toSorted((left, right) => left.partition - right.partition)
      .map(({ offset }) => Number(offset))
  }
  const thaw = (): void => {
    for (const pid of frozen) process.kill(pid, 'SIGCONT')
    frozen.clear()
  }
  return {
    ...{ addresses, kafka, topics, partitions, moveGroups, groupOffsets },
    async kill(id) {
      servers.get(id)?.kill()
      await servers.get(id)?.exited
      servers.delete(id)
    },
    freeze(id) {
      const pid = servers.get(id)?.pid
      if (pid === undefined) throw new Error(`broker ${id} does not run`)
      process.kill(pid, 'SIGSTOP')
      frozen.add(pid)
    },
    async heal(...names) {
      thaw()
      const gone = others.filter((id) => !servers.has(id))
      await Promise.all(gone.map(async (id) => servers.set(id, await start(id))))
      for (const topic of names)
        await until(`every copy of ${topic} is in sync`, async () =>
          (await partitions(topic)).every(({ inSync }) => inSync === 3),
        )
    },
    async stop() {
      thaw()
      await Promise.all([admin.disconnect(), topics.close()])
      // At once: the controller would wait for the others, and nobody needs their data.
      for (const server of servers.values()) server.kill()
      await Promise.all([...servers.values()].map(({ exited }) => exited))
    },
  }
}

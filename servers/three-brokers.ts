import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { KafkaCluster } from '../platform/kafka/client.ts'
import { findFreePort } from './ports.ts'
import { type KafkaServer, type StartKafkaOptions, startKafka } from './start-kafka.ts'

/** The first is the controller too. */
export type BrokerId = 1 | 2 | 3
/** Those that may go while the others elect leaders. */
export type FollowerId = Exclude<BrokerId, 1>

export type BrokerOfThree = Omit<StartKafkaOptions, 'folder'> & {
  id: BrokerId
  /** The folder of each; that of the first has to be formatted before the others start. */
  folderOf(id: BrokerId): string
}

type KafkaAdmin = Pick<
  ReturnType<KafkaCluster['admin']>,
  'alterPartitionReassignments' | 'fetchOffsets' | 'fetchTopicMetadata'
>

/** Kafka's own; the leader of its partition coordinates all groups. */
const groupsTopic = '__consumer_offsets'

const settingsOf = ({ id, port, controllerPort }: BrokerOfThree): Record<string, string> => ({
  ...(id === 1 ? {} : { 'process.roles': 'broker', listeners: `PLAINTEXT://127.0.0.1:${port}` }),
  'node.id': String(id),
  'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
  'offsets.topic.replication.factor': '3',
  // 128 MB by default, allocated at the start: more than half of a small heap.
  'log.cleaner.dedupe.buffer.size': '4194304',
})

/** Writes what the formatter would: all else a broker learns from the controller, whose cluster it names. */
const formatLike = async (first: string, folder: string, id: BrokerId): Promise<void> => {
  const file = join(folder, 'data', 'meta.properties')
  if (existsSync(file)) return
  const properties = await readFile(join(first, 'data', 'meta.properties'), 'utf8')
  const cluster = /^cluster\.id=.+$/m.exec(properties)?.[0] ?? ''
  const directory = randomBytes(16).toString('base64url')
  await mkdir(join(folder, 'data'), { recursive: true })
  await writeFile(file, ['version=1', cluster, `node.id=${id}`, `directory.id=${directory}`, ''].join('\n'))
}

/** Starts one of three brokers, on its old data when there is some. The first comes first. */
export const startBrokerOfThree = async (broker: BrokerOfThree): Promise<KafkaServer> => {
  const { id, folderOf } = broker
  const folder = folderOf(id)
  if (id !== 1) await formatLike(folderOf(1), folder, id)
  return startKafka({
    ...broker,
    folder,
    // The others have no controller, and startKafka waits for the port of one.
    controllerPort: id === 1 ? broker.controllerPort : await findFreePort(),
    extraSettings: { ...settingsOf(broker), ...broker.extraSettings },
  })
}

/** Gives these brokers the copies of the offsets of all groups. The first of them that lives coordinates. */
export const placeGroups = async (admin: KafkaAdmin, ids: readonly BrokerId[]): Promise<void> => {
  // Its first reader creates the topic of the groups.
  await admin.fetchOffsets({ groupId: 'any' })
  const partitionAssignment = [{ partition: 0, replicas: [...ids] }]
  await admin.alterPartitionReassignments({ topics: [{ topic: groupsTopic, partitionAssignment }] })
}

/** Which broker coordinates the groups, and which have a copy of their offsets. Nobody coordinates: -1. */
export const groupsPlace = async (
  admin: KafkaAdmin,
): Promise<{ coordinator: number; copies: number[]; inSync: number[] }> => {
  const { topics } = await admin.fetchTopicMetadata({ topics: [groupsTopic] })
  const [one] = topics.flatMap(({ partitions }) => partitions)
  return { coordinator: one?.leader ?? -1, copies: one?.replicas ?? [], inSync: one?.isr ?? [] }
}

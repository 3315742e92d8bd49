import { Failure } from '../failure.ts'
import type { KafkaCluster } from './client.ts'
import type { RecordHeaders } from './headers.ts'

/**
 * The parts of kafkajs' internal cluster and brokers that are used here. Its consumer cannot read without its
 * group, and stands while the group's coordinator does not answer.
 */
export type InternalCluster = {
  connect(): Promise<void>
  disconnect(): Promise<void>
  /** Reads its metadata too, when the topic is new to it. */
  addTargetTopic(topic: string): Promise<void>
  refreshMetadata(): Promise<void>
  /** The brokers of the last metadata. */
  getNodeIds(): string[]
  findTopicPartitionMetadata(topic: string): { partitionId: number }[]
  /** The partitions that each broker leads; those of `-1` have no leader. */
  findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>
  findBroker(broker: { nodeId: string }): Promise<InternalBroker>
  findGroupCoordinator(group: { groupId: string }): Promise<InternalBroker>
}

type Member = { groupId: string; memberId: string }
type MemberOfGeneration = Member & { groupGenerationId: number }

export type InternalBroker = {
  fetch(request: {
    isolationLevel: number
    maxWaitTime: number
    minBytes: number
    maxBytes: number
    topics: { topic: string; partitions: { partition: number; fetchOffset: number; maxBytes: number }[] }[]
  }): Promise<{ responses: { partitions: FetchedPartition[] }[] }>
  joinGroup(
    request: Member & {
      sessionTimeout: number
      rebalanceTimeout: number
      groupProtocols: { name: string; metadata: Buffer }[]
    },
  ): Promise<{
    generationId: number
    leaderId: string
    memberId: string
    members: { memberId: string; memberMetadata: Buffer }[]
  }>
  syncGroup(
    request: Member & {
      generationId: number
      groupAssignment: { memberId: string; memberAssignment: Buffer }[]
    },
  ): Promise<{ memberAssignment: Buffer }>
  heartbeat(request: MemberOfGeneration): Promise<unknown>
  leaveGroup(request: Member): Promise<unknown>
  offsetCommit(
    request: MemberOfGeneration & {
      topics: { topic: string; partitions: { partition: number; offset: string }[] }[]
    },
  ): Promise<unknown>
}

export type FetchedRecord = {
  offset: string
  timestamp: string
  key: Buffer | null
  value: Buffer | null
  headers: RecordHeaders
  /** It ends a transaction or a batch that compaction has emptied, and is no record of a producer. */
  isControlRecord: boolean
}

export type FetchedPartition = {
  partition: number
  highWatermark: string
  messages: FetchedRecord[]
}

/** Everything that was appended, whatever transactions are open. */
export const readUncommitted = 0

/**
 * kafkajs has its cluster factory under a private symbol. Its version is pinned and checked (kafkajs.ts).
 */
export const createInternalCluster = (kafka: KafkaCluster): InternalCluster => {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  )
  const create: unknown = symbol === undefined ? undefined : Reflect.get(kafka, symbol)
  if (typeof create !== 'function') throw new Failure('defect', 'kafkajs has no cluster factory')
  return Reflect.apply(create, kafka, [
    { metadataMaxAge: 60_000, allowAutoTopicCreation: false },
  ]) as InternalCluster
}

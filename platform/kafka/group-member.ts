import { setTimeout as sleep } from 'node:timers/promises'
import { backoff } from '../backoff.ts'
import { messageOf } from '../failure.ts'
import type { Logger } from '../log/logger.ts'
import { withTimeout } from '../with-timeout.ts'
import type { KafkaCluster } from './client.ts'
import { createInternalCluster, type InternalBroker } from './internal-cluster.ts'
import { AssignerProtocol, PartitionAssigners } from './kafkajs.ts'

/**
 * The membership in a consumer group: it says which partitions this process has, and stores offsets for tools
 * that show a lag. It is apart from the fetching, and nothing waits for it.
 */
export type GroupMember = {
  /** Joins, and stays a member until `leave`. */
  start(): void
  /** Stores offsets in the group. Rejects while there is no coordinator. */
  commit(offsets: readonly { partition: number; offset: number }[]): Promise<void>
  /** Never rejects: without a coordinator the session ends by itself. */
  leave(): Promise<void>
}

export type GroupMemberOptions = {
  kafka: KafkaCluster
  topic: string
  groupId: string
  log: Logger
  /** The partitions that the topic has now, as the fetcher sees them. */
  partitionCount(): number
  /**
   * The partitions of this member, after each rebalance. Those of before stay its own until then, also while
   * the coordinator does not answer.
   */
  onAssigned(partitions: readonly number[]): void
  /** The coordinator has answered. */
  onAlive(): void
  /** The group does not take this member, now or later. */
  onRefused(cause: Error): void
}

/** How long the partitions of a killed worker have no owner. Longer than the timeout of a query. */
const sessionTimeoutMs = 10_000
const rebalanceTimeoutMs = 30_000
const heartbeatMs = 3_000
/** Three attempts at another coordinator fit into a session. */
const answerTimeoutMs = 3_000
const leaveTimeoutMs = 500

/** Answers that no retry changes: another kind of client has the group, or this one may not join it. */
const refusalTypes = [
  'INCONSISTENT_GROUP_PROTOCOL',
  'INVALID_GROUP_ID',
  'INVALID_SESSION_TIMEOUT',
  'GROUP_AUTHORIZATION_FAILED',
]
/** What the coordinator answers when the group has moved on: join again. */
const rejoinTypes = ['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID']

const typeOf = (cause: unknown): string =>
  cause instanceof Error && 'type' in cause ? String(cause.type) : ''

/**
 * After its first join a member is in one of three states. It heartbeats; or the coordinator has told it to
 * join again; or the coordinator does not answer, and is looked for at all brokers. Then the membership stays
 * as it is: the next coordinator reads the group from its log, and goes on with the same generation.
 */
export const createGroupMember = (options: GroupMemberOptions): GroupMember => {
  const { topic, groupId, log, partitionCount } = options
  let cluster = createInternalCluster(options.kafka)
  const createAssigner = () => PartitionAssigners.roundRobin({ cluster } as never)
  const stopping = new AbortController()
  let coordinator: InternalBroker | undefined
  let memberId = ''
  let generationId: number | undefined
  let isLost = false
  /** How many partitions this member has shared out, when it leads the group. */
  let sharedOut: number | undefined

  const bounded = <Answer>(answer: Promise<Answer>): Promise<Answer> =>
    withTimeout(answer, answerTimeoutMs, 'the coordinator of the group does not answer')

  const shareOut = async (members: { memberId: string; memberMetadata: Buffer }[]) => {
    await cluster.refreshMetadata()
    sharedOut = cluster.findTopicPartitionMetadata(topic).length
    return createAssigner().assign({ members, topics: [topic] })
  }

  const join = async (broker: InternalBroker): Promise<void> => {
    const joined = await broker.joinGroup({
      ...{ groupId, memberId, sessionTimeout: sessionTimeoutMs, rebalanceTimeout: rebalanceTimeoutMs },
      groupProtocols: [createAssigner().protocol({ topics: [topic] })],
    })
    memberId = joined.memberId
    sharedOut = undefined
    const groupAssignment = joined.leaderId === memberId ? await shareOut(joined.members) : []
    const member = { groupId, memberId, generationId: joined.generationId }
    const { memberAssignment } = await broker.syncGroup({ ...member, groupAssignment })
    if (stopping.signal.aborted) return
    generationId = joined.generationId
    const assigned = AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment[topic] ?? []
    options.onAssigned([...assigned].sort((left, right) => left - right))
  }

  const beat = async (broker: InternalBroker, groupGenerationId: number): Promise<void> => {
    await bounded(broker.heartbeat({ groupId, memberId, groupGenerationId }))
    if (sharedOut !== undefined && partitionCount() > sharedOut) generationId = undefined
  }

  /** With new metadata: all brokers can have been replaced. */
  const findCoordinator = async (): Promise<InternalBroker> => {
    const searched = cluster
    try {
      await searched.connect()
      await searched.addTargetTopic(topic)
      await searched.refreshMetadata()
      return await searched.findGroupCoordinator({ groupId })
    } finally {
      // A search that was given up goes on, and may have connected once more since.
      if (searched !== cluster) await searched.disconnect()
    }
  }

  const step = async (): Promise<void> => {
    coordinator ??= await bounded(findCoordinator())
    if (generationId === undefined) await join(coordinator)
    else await beat(coordinator, generationId)
    options.onAlive()
  }

  const failed = (cause: unknown): void => {
    const type = typeOf(cause)
    if (type === 'UNKNOWN_MEMBER_ID') memberId = ''
    if (rejoinTypes.includes(type)) {
      generationId = undefined
      return
    }
    // safeguard: without a coordinator the partitions stay
    coordinator = undefined
    // With connections of its own: one to a frozen broker stays in a cluster, and is asked again and again.
    void cluster.disconnect().catch(() => undefined)
    cluster = createInternalCluster(options.kafka)
    if (!isLost)
      log.warn({ cause: messageOf(cause) }, 'the group has no coordinator; the worker keeps its partitions')
    isLost = true
  }

  const stay = async (): Promise<void> => {
    for (let attempt = 0; !stopping.signal.aborted; ) {
      try {
        await step()
        if (isLost) log.info('the group has a coordinator again')
        isLost = false
        attempt = 0
        if (generationId !== undefined) await sleep(heartbeatMs, undefined, stopping)
      } catch (cause) {
        if (stopping.signal.aborted) return
        if (cause instanceof Error && refusalTypes.includes(typeOf(cause))) {
          options.onRefused(cause)
          return
        }
        attempt += 1
        failed(cause)
        await backoff(attempt, 50, 1_000)
      }
    }
  }

  return {
    start: () => void stay(),
    async commit(offsets) {
      if (coordinator === undefined || generationId === undefined)
        throw new Error('the group has no coordinator')
      const partitions = offsets.map(({ partition, offset }) => ({ partition, offset: String(offset) }))
      const member = { groupId, memberId, groupGenerationId: generationId }
      await bounded(coordinator.offsetCommit({ ...member, topics: [{ topic, partitions }] }))
    },
    async leave() {
      stopping.abort()
      const leaving = async (): Promise<void> => {
        if (coordinator !== undefined && memberId !== '') await coordinator.leaveGroup({ groupId, memberId })
        await cluster.disconnect()
      }
      await withTimeout(leaving(), leaveTimeoutMs, 'still a member').catch(() => undefined)
    },
  }
}

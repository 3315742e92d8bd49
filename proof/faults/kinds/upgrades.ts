import { setTimeout as wait } from 'node:timers/promises'
import { readFence } from '../../../coupon/deployment/current-redis.ts'
import { isCurrentRedis } from '../../../coupon/ledger/redis-servers.ts'
import { grantsTopic } from '../../../coupon/log/topics.ts'
import type { Link } from '../link.ts'
import { chosen } from '../random.ts'
import type { OwnProcess, Stack } from '../stack.ts'
import type { RedisNode } from '../stack-redis.ts'
import { disturbanceKind, type FaultKind } from './fault-kind.ts'
import { untilDone } from './until-done.ts'

// Each addition stays for the rest of the run.
const partitionsMax = 16

/** An operator adds a partition to the log. */
const partitionAdded = disturbanceKind('kafka', 'partition-added', [0, 0], ({ stack: { kafka } }) => ({
  target: 'kafka-partitions',
  async strike() {
    const admin = kafka.kafka.admin()
    try {
      await admin.connect()
      const { topics } = await admin.fetchTopicMetadata({ topics: [grantsTopic] })
      const count = (topics[0]?.partitions.length ?? partitionsMax) + 1
      if (count > partitionsMax) return false
      await admin.createPartitions({ topicPartitions: [{ topic: grantsTopic, count }] })
      return true
    } catch {
      // Another fault may have taken the broker.
      return false
    } finally {
      await admin.disconnect().catch(() => undefined)
    }
  },
  heal: () => Promise.resolve(),
}))

// From start to kill, at most. A whole run takes about this long.
const migrationMs = 900

/** The last migration is half done, and another one is killed on its way. At last one runs to its end. */
const halfMigration = disturbanceKind('mysql', 'half-migration', [300, 4_000], ({ stack }, [chance]) => ({
  target: 'mysql-migration',
  async strike() {
    try {
      await stack.database.undoMigration()
    } catch {
      return false
    }
    await stack.migrate(chance * migrationMs).catch(() => undefined)
    return true
  },
  heal: () => untilDone(() => stack.migrate()),
}))

const movedWithinMs = 30_000
const pauseMs = 100

/** Waits until gates are armed on the master alone, as `npm run redis -- status` shows it. */
const untilMoved = async ({ redis, database }: Stack): Promise<void> => {
  const untilMs = performance.now() + movedWithinMs
  for (;;) {
    const fence = await readFence(redis.master().control).catch(() => undefined)
    if (fence !== undefined && (await isCurrentRedis(database.database, fence).catch(() => false))) return
    if (performance.now() >= untilMs) throw new Error(`gates were not moved within ${movedWithinMs} ms`)
    await wait(pauseMs)
  }
}

/** As a rolling deploy does it. */
const restart = async (processes: readonly OwnProcess[]): Promise<void> => {
  await Promise.all(processes.map((one) => one.stop()))
  await Promise.all(processes.map((one) => one.start()))
}

/**
 * Redis moves as docs/deployment.md says: one process of each kind is started on the new server, the others
 * later. Both servers answer as masters meanwhile.
 */
const redisMoved = disturbanceKind('redis', 'moved', [1_000, 6_000], ({ stack }, [chance]) => {
  const { redis, links, apis, workers } = stack
  const first = [chosen(apis, chance), chosen(workers, chance)]
  const others = [...apis, ...workers].filter((one) => !first.includes(one))
  let old: { node: RedisNode; links: readonly Link[] } | undefined
  return {
    target: 'redis',
    async strike() {
      const before = { node: redis.master(), links: links.to('redis') }
      const node = await redis.addNode()
      await links.openRedis(node.port)
      redis.lead(node)
      old = before
      await restart(first)
      return true
    },
    async heal() {
      if (old === undefined) return
      await restart(others)
      await untilMoved(stack)
      await Promise.all(old.links.map((link) => link.close()))
      await redis.removeNode(old.node)
    },
  }
})

/** What operators do while coupons are sold, the half of it too. */
export const upgradeKinds: readonly FaultKind[] = [partitionAdded, halfMigration, redisMoved]

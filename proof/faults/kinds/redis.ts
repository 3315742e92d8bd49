import { setTimeout as wait } from 'node:timers/promises'
import { createProxy } from '../../../servers/network/proxy.ts'
import { type AofMark, type RedisNode, replicateFrom, type StackRedis } from '../stack-redis.ts'
import { type FaultContext, type FaultKind, killKind } from './fault-kind.ts'

const copyWithinMs = 10_000
// How far a file or a replica is behind when the server dies.
const lagMs = { min: 100, max: 1_000 }
const lagOf = (chance: number): number => lagMs.min + chance * (lagMs.max - lagMs.min)
const confirmingWithinMs = 3_000

/** Killed, and restarted empty, as if it had no persistence. */
const empty = killKind('redis', 'empty', ({ stack: { redis } }) => {
  let isDown = false
  return {
    target: 'redis',
    strike: async () => (isDown = await redis.master().server.kill()),
    heal() {
      if (isDown) redis.master().loseFile()
      return redis.master().server.start()
    },
  }
})

/** Killed, and restarted with a file that lacks the last writes. */
const oldFile = killKind('redis', 'old-file', ({ stack: { redis } }, [chance]) => {
  let mark: AofMark
  let isDown = false
  return {
    target: 'redis',
    async prepare() {
      mark = redis.master().markFile()
      await wait(lagOf(chance))
    },
    strike: async () => (isDown = await redis.master().server.kill()),
    heal() {
      if (isDown) redis.master().cutFile(mark)
      return redis.master().server.start()
    },
  }
})

/** Adds a replica of the master, over a link that can be held. */
const addReplica = async ({ stack: { redis }, confirming }: FaultContext) => {
  const link = await createProxy({ host: '127.0.0.1', port: redis.master().port })
  const node = await redis.addNode()
  await replicateFrom(node, link.port, copyWithinMs)
  // The first replica that attaches breaks the fence of the gates.
  await confirming(confirmingWithinMs)
  return { node, link }
}

const promote = async ({ control }: RedisNode): Promise<void> => {
  await control.command('REPLICAOF', 'NO', 'ONE')
}

/** Replaces a master that is dead, for good. */
const succeed = async (redis: StackRedis, successor: RedisNode): Promise<void> => {
  await promote(successor)
  redis.lead(successor)
  for (const node of redis.nodes()) if (node !== successor) await redis.removeNode(node)
}

/** The master is killed, and a replica that lags replaces it. */
const promoted = killKind('redis', 'promoted', (context, [chance]) => {
  const { redis } = context.stack
  let replica: Awaited<ReturnType<typeof addReplica>> | undefined
  return {
    target: 'redis',
    async prepare() {
      replica = await addReplica(context)
      replica.link.hold()
      await wait(lagOf(chance))
    },
    strike: () => redis.master().server.kill(),
    async heal() {
      if (replica === undefined) return redis.master().server.start()
      await replica.link.close()
      await succeed(redis, replica.node)
    },
  }
})

/**
 * A master is cut off, a replica replaces it, and it becomes a replica of that one. When that one is killed,
 * the first is master again: the same process with the same run id, which has lost memory.
 */
const flap = killKind('redis', 'flap', (context, [chance, otherChance]) => {
  const { redis } = context.stack
  let first: RedisNode | undefined
  return {
    target: 'redis',
    async prepare() {
      const cutOff = redis.master()
      const { node, link } = await addReplica(context)
      link.hold()
      await wait(lagOf(chance))
      await link.close()
      // No client reaches the first any longer, so there is one master at any time.
      redis.lead(node)
      await promote(node)
      await context.confirming(confirmingWithinMs)
      const back = await createProxy({ host: '127.0.0.1', port: node.port })
      await replicateFrom(cutOff, back.port, copyWithinMs)
      await context.confirming(confirmingWithinMs)
      back.hold()
      await wait(lagOf(otherChance))
      await back.close()
      first = cutOff
    },
    strike: () => redis.master().server.kill(),
    async heal() {
      if (first === undefined) return redis.master().server.start()
      await succeed(redis, first)
    },
  }
})

/** Faults in which Redis loses memory. */
export const redisKinds: readonly FaultKind[] = [empty, oldFile, promoted, flap]

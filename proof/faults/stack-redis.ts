import { readdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { connectRedis, type RedisClient } from '../../platform/redis.ts'
import { findFreePort } from '../../servers/ports.ts'
import { startRedis } from '../../servers/start-redis.ts'
import type { Link } from './link.ts'
import { type SupervisedProcess, superviseProcess } from './supervised-process.ts'

/** An append-only file of a Redis, and its size at one moment. */
export type AofMark = { file: string; size: number } | undefined

/** One Redis server, at its own address. */
export type RedisNode = {
  readonly port: number
  readonly server: SupervisedProcess
  /** A connection past the links. */
  readonly control: RedisClient
  /** The present size of its file. */
  markFile(): AofMark
  /** Removes what was written since, as if it had not reached the disk. Only while the server is down. */
  cutFile(mark: AofMark): void
  /** Removes everything. Only while the server is down. */
  loseFile(): void
  close(): Promise<void>
}

/**
 * The Redis of the stack, as it may be deployed: one server that accepts writes without a replica. A fault
 * adds a replica when it needs one. Before a new master accepts writes, the old one is killed or cut off from
 * every client. So two masters never serve at once. (Where nothing can do that, `min-replicas-to-write`
 * does.) The old master returns as a replica, or not at all.
 */
export type StackRedis = {
  /** The server that accepts writes. */
  master(): RedisNode
  /** Starts another, empty server. */
  addNode(): Promise<RedisNode>
  /** Points the links to this server, and resets the connections to the old one. */
  lead(node: RedisNode): void
  nodes(): readonly RedisNode[]
  /** Stops a server for good. */
  removeNode(node: RedisNode): Promise<void>
  stop(): Promise<void>
}

export type StackRedisOptions = {
  folder: string
  program: string
  /** Of the first server. The links point there. */
  port: number
  links(): readonly Link[]
  /** Added to the environment of every server. */
  environment: Readonly<Record<string, string>>
  say(line: string): void
}

// One file without rewrites, so that its end is what was written last.
const fileSettings = ['--auto-aof-rewrite-percentage', '0', '--aof-load-truncated', 'yes']

const newestFile = (dataFolder: string): string | undefined => {
  const folder = join(dataFolder, 'appendonlydir')
  try {
    const files = readdirSync(folder).filter((name) => name.endsWith('.incr.aof'))
    const newest = files.toSorted((left, right) => Number(left.split('.')[2]) - Number(right.split('.')[2]))
    return newest.length === 0 ? undefined : join(folder, newest.at(-1) ?? '')
  } catch {
    // Nothing is written yet.
    return undefined
  }
}

const startNode = async (
  name: string,
  port: number,
  { folder, program, environment, say }: StackRedisOptions,
): Promise<RedisNode> => {
  const ownFolder = join(folder, name)
  const dataFolder = join(ownFolder, 'data')
  const server = superviseProcess({
    name,
    folder: ownFolder,
    launch: () => startRedis({ folder: ownFolder, port, program, environment, extraArguments: fileSettings }),
    say,
  })
  await server.start()
  const control = connectRedis({
    url: `redis://127.0.0.1:${port}`,
    commandTimeoutMs: 2_000,
    onError: () => undefined,
  })
  try {
    await control.waitForConnection(5_000)
  } catch (cause) {
    control.close()
    await server.stop()
    throw cause
  }
  return {
    port,
    server,
    control,
    markFile() {
      const file = newestFile(dataFolder)
      return file === undefined ? undefined : { file, size: statSync(file).size }
    },
    cutFile(mark) {
      const file = newestFile(dataFolder)
      // A newer file than the marked one: all of it was written since.
      if (file !== undefined) truncateSync(file, file === mark?.file ? mark.size : 0)
    },
    loseFile: () => rmSync(dataFolder, { recursive: true, force: true }),
    async close() {
      control.close()
      await server.stop()
    },
  }
}

/**
 * Makes `replica` replicate the Redis on `port` of 127.0.0.1. Rejects when it has no copy within `withinMs`.
 */
export const replicateFrom = async (replica: RedisNode, port: number, withinMs: number): Promise<void> => {
  await replica.control.command('REPLICAOF', '127.0.0.1', port)
  const untilMs = performance.now() + withinMs
  while (performance.now() < untilMs) {
    const info = await replica.control.command('INFO', 'replication').catch(() => '')
    if (String(info).includes('master_link_status:up')) return
    await wait(20)
  }
  throw new Error(`no replica of the Redis on port ${port} within ${withinMs} ms`)
}

/** Starts the Redis of the stack with one server. */
export const startStackRedis = async (options: StackRedisOptions): Promise<StackRedis> => {
  let count = 1
  let master = await startNode('redis-1', options.port, options)
  const nodes = new Set([master])
  return {
    master: () => master,
    nodes: () => [...nodes],
    async addNode() {
      count += 1
      const node = await startNode(`redis-${count}`, await findFreePort(), options)
      nodes.add(node)
      return node
    },
    lead(node) {
      master = node
      for (const link of options.links()) link.redirect({ host: '127.0.0.1', port: node.port })
    },
    async removeNode(node) {
      nodes.delete(node)
      await node.close()
    },
    async stop() {
      await Promise.all([...nodes].map((node) => node.close()))
    },
  }
}

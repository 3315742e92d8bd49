import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { inject } from 'vitest'
import type { RedisClient } from '../../../platform/redis.ts'
import { findFreePort } from '../../../servers/ports.ts'
import { type RedisServer, startRedis } from '../../../servers/start-redis.ts'
import { openRedis } from '../values/armed-gate.ts'
import { until } from '../values/until.ts'

/** How a Redis of our own keeps its data. */
export type Persistence = 'aof' | 'rdb' | 'nothing'

const argumentsFor: Record<Persistence, readonly string[]> = {
  aof: ['--appendfsync', 'always'],
  rdb: ['--appendonly', 'no', '--save', '3600 1000000'],
  nothing: ['--appendonly', 'no'],
}

/** A Redis that a test may flush, stop, kill, demote and promote. */
export type OwnRedis = {
  readonly url: string
  readonly port: number
  /** As an API process has it. It reconnects by itself: after a restart, and whenever it met a replica. */
  readonly redis: RedisClient
  /** The operator's connection. */
  readonly control: RedisClient
  /** Waits until `redis` is connected again. */
  connected(): Promise<void>
  /**
   * Ends it as SIGTERM does, or as a crash does, and starts it again on the same data and port. `whileDown`
   * may change its files, which lie in the folder that it is given.
   */
  restart(how?: 'stop' | 'kill', whileDown?: (dataFolder: string) => Promise<void>): Promise<void>
  close(): Promise<void>
}

/** Starts a Redis of the test's own, even where the shared one was given. */
export const startOwnRedis = async (persistence: Persistence = 'nothing'): Promise<OwnRedis> => {
  const port = await findFreePort()
  const options = {
    folder: join(inject('folder'), `redis-${randomUUID()}`),
    port,
    extraArguments: argumentsFor[persistence],
  }
  let server: RedisServer = await startRedis(options)
  const [redis, control] = await Promise.all([openRedis(server.url), openRedis(server.url)])
  const connected = async (): Promise<void> => {
    for (const client of [redis, control])
      await until('the client is back', async () => (await client.command('PING')) === 'PONG')
  }
  return {
    url: server.url,
    ...{ port, redis, control, connected },
    async restart(how = 'stop', whileDown) {
      // A stop does not write what no save point asked for.
      if (persistence === 'rdb') await control.command('SAVE')
      if (how === 'kill') {
        server.kill()
        await server.exited
      } else await server.stop()
      await whileDown?.(join(options.folder, 'data'))
      server = await startRedis(options)
      await connected()
    },
    async close() {
      redis.close()
      control.close()
      await server.stop()
    },
  }
}

/** Makes `replica` follow `master` and waits until it has everything. */
export const follow = async (replica: OwnRedis, master: OwnRedis): Promise<void> => {
  await replica.control.command('REPLICAOF', '127.0.0.1', master.port)
  await until('the replica is in step', async () => {
    const [own, others] = await Promise.all(
      [replica, master].map(async ({ control }) => String(await control.command('INFO', 'replication'))),
    )
    const offsetOf = (info: string | undefined, name: string) =>
      new RegExp(`${name}:(\\d+)`).exec(info ?? '')?.[1]
    const inStep = offsetOf(own, 'slave_repl_offset') === offsetOf(others, 'master_repl_offset')
    return own?.includes('master_link_status:up') === true && inStep
  })
}

/** Makes it a master again. */
export const promote = async ({ control, connected }: OwnRedis): Promise<void> => {
  await control.command('REPLICAOF', 'NO', 'ONE')
  await connected()
}

/** One field of `INFO`. */
export const infoOf = async ({ control }: OwnRedis, field: string): Promise<string | undefined> =>
  new RegExp(`^${field}:([^\\r\\n]*)`, 'm').exec(String(await control.command('INFO', 'everything')))?.[1]

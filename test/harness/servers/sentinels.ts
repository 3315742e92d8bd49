import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inject } from 'vitest'
import { connectRedis, type RedisClient } from '../../../platform/redis.ts'
import { findProgram } from '../../../servers/install/find-program.ts'
import { findFreePort } from '../../../servers/ports.ts'
import { type ProcessHandle, startProcess } from '../../../servers/processes/start-process.ts'
import { type RedisServer, redisPrograms, startRedis } from '../../../servers/start-redis.ts'
import { until } from '../values/until.ts'

/** A master, its replica, and three sentinels that promote the replica. */
export type SentinelSetup = {
  /** As REDIS_URL takes it. */
  readonly url: string
  /** REDIS_SENTINEL_PASSWORD. */
  readonly sentinelPassword: string
  /** A connection of the operator to one of the two servers. */
  readonly controls: readonly RedisClient[]
  /** Where the master is, as a sentinel says. */
  masterPort(): Promise<number>
  /**
   * Ends the present master as a power cut does. Resolves when the sentinels name the other one, which they
   * may do without an election.
   */
  killMaster(election?: 'without an election'): Promise<void>
  /** Starts it again, with the settings of a master and without its data, as a supervisor does. */
  restartKilled(): Promise<void>
  /** One sentinel dies. */
  killSentinel(): Promise<void>
  close(): Promise<void>
}

const name = 'shop'
const password = 'correct-horse'
const sentinelPassword = 'battery-staple'

const sentinelFile = (port: number, masterPort: number): string =>
  [
    `port ${port}`,
    'bind 127.0.0.1',
    `requirepass ${sentinelPassword}`,
    `sentinel sentinel-pass ${sentinelPassword}`,
    `sentinel monitor ${name} 127.0.0.1 ${masterPort} 2`,
    `sentinel auth-pass ${name} ${password}`,
    `sentinel down-after-milliseconds ${name} 1000`,
    `sentinel failover-timeout ${name} 5000`,
    '',
  ].join('\n')

const connect = (url: string): RedisClient =>
  connectRedis({ url, commandTimeoutMs: 2_000, onError: () => {} })

/** Starts them in a folder of this name. Every server and every sentinel asks for a password. */
export const startSentinels = async (folderName: string): Promise<SentinelSetup> => {
  const folder = join(inject('folder'), folderName)
  const program = findProgram(redisPrograms)
  if (program === undefined) throw new Error('redis-server is not on PATH')
  const ports = [await findFreePort(), await findFreePort()] as const
  const [first, second] = ports
  const startNode = (port: number, isReplica: boolean): Promise<RedisServer> =>
    startRedis({
      folder: join(folder, `node-${port}`),
      port,
      // The check of its start has no password.
      extraArguments: [
        ...['--appendonly', 'no', '--masterauth', password],
        ...(isReplica ? ['--replicaof', `127.0.0.1 ${first}`] : []),
      ],
    })
  const nodes = new Map([
    [first, await startNode(first, false)],
    [second, await startNode(second, true)],
  ])
  const controls = ports.map((port) => connect(`redis://:${password}@127.0.0.1:${port}`))
  const requirePassword = async (port: number): Promise<void> => {
    const open = connect(`redis://127.0.0.1:${port}`)
    await open.waitForConnection(5_000)
    await open.command('CONFIG', 'SET', 'requirepass', password)
    open.close()
  }
  await Promise.all(ports.map(requirePassword))
  await Promise.all(controls.map((control) => control.waitForConnection(10_000)))
  await until('the replica follows', async () =>
    String(await controls[1]?.command('INFO', 'replication')).includes('master_link_status:up'),
  )
  const sentinelPorts = [await findFreePort(), await findFreePort(), await findFreePort()]
  const sentinels: ProcessHandle[] = []
  for (const port of sentinelPorts) {
    const own = join(folder, `sentinel-${port}`)
    await mkdir(own, { recursive: true })
    await writeFile(join(own, 'sentinel.conf'), sentinelFile(port, first))
    sentinels.push(
      await startProcess({
        name: 'sentinel',
        command: program,
        arguments: [join(own, 'sentinel.conf'), '--sentinel'],
        environment: process.env,
        folder: own,
        ports: [port],
        stopWithinMs: 4_000,
      }),
    )
  }
  const asked = connect(`redis://:${sentinelPassword}@127.0.0.1:${sentinelPorts[2]}`)
  // GET-MASTER-ADDR-BY-NAME names the next one before those who listen are told.
  const masterPort = async (): Promise<number> => {
    const facts = await asked.command('SENTINEL', 'MASTER', name)
    return Array.isArray(facts) ? Number(facts[facts.indexOf('port') + 1]) : 0
  }
  await until('the sentinels know each other and the replica', async () => {
    const known = [
      await asked.command('SENTINEL', 'SENTINELS', name),
      await asked.command('SENTINEL', 'REPLICAS', name),
    ].map((list) => (Array.isArray(list) ? list.length : 0))
    return known[0] === 2 && known[1] === 1
  })
  const hosts = sentinelPorts.map((port) => `127.0.0.1:${port}`).join(',')
  let killed = 0
  return {
    url: `redis+sentinel://:${password}@${hosts}/${name}`,
    ...{ sentinelPassword, controls, masterPort },
    async killMaster(election) {
      killed = await masterPort()
      const node = nodes.get(killed)
      node?.kill()
      await node?.exited
      if (election !== undefined) await asked.command('SENTINEL', 'FAILOVER', name)
      await until('the replica is the master', async () => (await masterPort()) !== killed)
    },
    async restartKilled() {
      nodes.set(killed, await startNode(killed, false))
      await requirePassword(killed)
    },
    async killSentinel() {
      sentinels[0]?.kill()
      await sentinels[0]?.exited
    },
    async close() {
      for (const client of [...controls, asked]) client.close()
      await Promise.all([...sentinels, ...nodes.values()].map((server) => server.stop()))
    },
  }
}

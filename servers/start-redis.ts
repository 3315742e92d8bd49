import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { findProgram } from './install/find-program.ts'
import { LaunchError } from './launch-error.ts'
import { type ProcessHandle, startProcess } from './processes/start-process.ts'
import { waitUntilReady } from './wait-until-ready.ts'

/** A running Redis. */
export type RedisServer = ProcessHandle & { readonly url: string; readonly port: number }

export type StartRedisOptions = {
  /** Holds the data: a later start on the same folder has the data of this one. */
  folder: string
  port: number
  /** The first of `redisPrograms` on PATH when left out. */
  program?: string
  /** Appended, so they win: `['--replicaof', '127.0.0.1 7001']`, `['--appendonly', 'no']`. */
  extraArguments?: readonly string[]
  /** Added to the environment of this process for the server. */
  environment?: Readonly<Record<string, string>>
  signal?: AbortSignal | undefined
}

export const redisPrograms = ['redis-server', 'valkey-server'] as const

const ping = Buffer.from('PING\r\n')

// Redis answers -LOADING until it has loaded its file.
const isPong = (answer: Buffer): boolean | undefined =>
  answer.includes('\r\n') ? answer.toString('latin1').startsWith('+PONG') : undefined

/** Starts Redis or Valkey on 127.0.0.1. Resolves when it is ready. */
export const startRedis = async (options: StartRedisOptions): Promise<RedisServer> => {
  const program = options.program ?? findProgram(redisPrograms)
  if (program === undefined) throw new LaunchError('redis-server or valkey-server is not on PATH')
  const dataFolder = join(options.folder, 'data')
  await mkdir(dataFolder, { recursive: true })
  const settings: Record<string, string> = {
    '--port': String(options.port),
    '--bind': '127.0.0.1',
    '--dir': dataFolder,
    '--daemonize': 'no',
    '--appendonly': 'yes',
    '--appendfsync': 'everysec',
    '--save': '',
    // A replica is served at once, without the default wait of 5 s for further replicas.
    '--repl-diskless-sync-delay': '0',
    // The gate's keys must never be evicted: a lost claim would be a second coupon.
    '--maxmemory-policy': 'noeviction',
  }
  const server = await startProcess({
    name: 'redis',
    command: program,
    arguments: [...Object.entries(settings).flat(), ...(options.extraArguments ?? [])],
    environment: { ...process.env, ...options.environment },
    folder: options.folder,
    ports: [options.port],
    stopWithinMs: 4_000,
  })
  const probe = { port: options.port, request: ping, read: isPong }
  await waitUntilReady(server, probe, { timeoutMs: 20_000, signal: options.signal })
  return { ...server, port: options.port, url: `redis://127.0.0.1:${options.port}` }
}

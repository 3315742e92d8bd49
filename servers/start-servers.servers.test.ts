import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createKafka } from '../platform/kafka/client.ts'
import { createTopicAdmin } from '../platform/kafka/topic-admin.ts'
import { createLogger } from '../platform/log/logger.ts'
import { connectDatabase } from '../platform/mysql/database.ts'
import { createProgressDisplay } from '../platform/progress-display.ts'
import { connectRedis } from '../platform/redis.ts'
import { findFreePort } from './ports.ts'
import { classArchiveOf } from './start-kafka.ts'
import { startRedis } from './start-redis.ts'
import { findFreeServerPorts, type StartServersOptions, startServers } from './start-servers.ts'

let folder: string
let options: StartServersOptions
const progress = createProgressDisplay({ write: () => {} })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firstcome-servers-'))
  // Longer than the path of a socket may be.
  const deep = join(folder, 'a-folder-with-a-name-that-is-rather-long', 'in-another-folder-of-the-same-kind')
  const environment = { ...process.env, REDIS_URL: '', KAFKA_BROKERS: '', DATABASE_URL: '' }
  options = { folder: deep, ports: await findFreeServerPorts(), environment, progress }
})

afterAll(() => rm(folder, { recursive: true }))

const askRedis = async (url: string, ...[name = '', ...words]: string[]): Promise<unknown> => {
  const redis = connectRedis({ url, commandTimeoutMs: 2_000, onError: () => {} })
  try {
    await redis.waitForConnection(2_000)
    return await redis.command(name, ...words)
  } finally {
    redis.close()
  }
}

const askDatabase = async (url: string, ...statements: string[]): Promise<unknown> => {
  const database = connectDatabase({ url, connectionsMax: 1, queryTimeoutMs: 5_000 })
  try {
    return await database.transaction(async (connection) => {
      const answers: unknown[] = []
      for (const statement of statements) answers.push(await connection.read(statement))
      return { commit: true, result: answers.at(-1) }
    })
  } finally {
    await database.close()
  }
}

const createTopic = async (brokers: string): Promise<string[]> => {
  const log = createLogger('test', 'silent')
  const kafka = createKafka({ brokers: [brokers], clientId: 'test', log, requestTimeoutMs: 10_000 })
  const topics = createTopicAdmin(kafka)
  try {
    return await topics.create([{ topic: 'kept', partitions: 1, replicationFactor: 1, settings: {} }])
  } finally {
    await topics.close()
  }
}

describe('the three servers', () => {
  test('answer as soon as they are started, and keep their data for the next start', async () => {
    const first = await startServers(options)
    const { REDIS_URL, KAFKA_BROKERS, DATABASE_URL } = first.environment
    expect(await createTopic(KAFKA_BROKERS)).toEqual(['kept'])
    expect(await askRedis(REDIS_URL, 'SET', 'key', 'kept')).toBe('OK')
    expect(await askRedis(REDIS_URL, 'CONFIG', 'GET', 'maxmemory-policy')).toContain('noeviction')
    await askDatabase(DATABASE_URL, 'CREATE TABLE kept (id INT)', 'INSERT INTO kept VALUES (1)')
    expect(
      await askDatabase(
        DATABASE_URL,
        'SELECT @@innodb_flush_log_at_trx_commit AS flush, @@character_set_database AS text',
      ),
    ).toEqual([{ flush: 1, text: 'utf8mb4' }])
    expect(await askDatabase(DATABASE_URL, 'SELECT @@log_bin AS log, @@secure_file_priv AS files')).toEqual([
      { log: 0, files: `${join(options.folder, 'database', 'tmp')}/` },
    ])
    await first.stop()

    const second = await startServers(options)
    expect(second.environment).toEqual(first.environment)
    expect(await createTopic(KAFKA_BROKERS)).toEqual([])
    // What the installation has prepared makes the start quick.
    const kafka = second.handles.find(({ name }) => name === 'kafka')
    const source = second.sources.kafka
    if (source.kind !== 'program') throw new Error('it was started here')
    const maps = await readFile(`/proc/${kafka?.pid}/maps`, 'utf8')
    const archive = classArchiveOf(source.program.jarsFolder)
    expect(maps.includes(archive)).toBe(existsSync(archive))
    expect(await askRedis(REDIS_URL, 'GET', 'key')).toBe('kept')
    expect(await askDatabase(DATABASE_URL, 'SELECT id FROM kept')).toEqual([{ id: 1 }])
    await second.stop()
    for (const { pid } of [...first.handles, ...second.handles])
      expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  test('keep their data in a folder with blanks and letters beyond ASCII, and write nowhere else', async () => {
    const parent = join(folder, 'any name')
    // The name of a folder is bytes: Java reads them by the locale, and this one has ASCII alone.
    for (const variable of ['LANG', 'LC_ALL']) vi.stubEnv(variable, 'C')
    const own = join(parent, String.raw`쿠폰 판매 é\n`)
    await mkdir(own, { recursive: true })
    const servers = await startServers({ ...options, folder: own, ports: await findFreeServerPorts() })
    expect(await createTopic(servers.environment.KAFKA_BROKERS)).toEqual(['kept'])
    expect(await askDatabase(servers.environment.DATABASE_URL, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await servers.stop()
    vi.unstubAllEnvs()
    expect(await readdir(join(own, 'kafka', 'data'))).toContain('kept-0')
    expect(await readdir(parent)).toEqual([basename(own)])
  })

  test('have a random database password that only its owner can read', async () => {
    const file = join(options.folder, 'database', 'password')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  test('that are given by address are used as they are and never stopped', async () => {
    const own = await startRedis({ folder: join(folder, 'given'), port: await findFreePort() })
    const environment = {
      REDIS_URL: own.url,
      KAFKA_BROKERS: 'elsewhere:9092',
      DATABASE_URL: 'mysql://elsewhere/d',
    }
    const servers = await startServers({ ...options, folder: join(folder, 'nothing'), environment })
    expect(servers.environment).toEqual(environment)
    expect(servers.handles).toEqual([])
    await servers.stop()
    expect(await askRedis(own.url, 'PING')).toBe('PONG')
    await own.stop()
  })

  test('are stopped when one of them cannot start', async () => {
    const taken = await startRedis({ folder: join(folder, 'taken'), port: await findFreePort() })
    const ports = { ...(await findFreeServerPorts()), redis: taken.port }
    const partial = join(folder, 'partial')
    await expect(startServers({ ...options, folder: partial, ports })).rejects.toThrow(
      `redis cannot listen on port ${taken.port}: it is taken`,
    )
    for (const name of ['redis', 'kafka', 'database'])
      expect(existsSync(join(partial, name, 'process'))).toBe(false)
    await taken.stop()
  })
})

describe('a Redis', () => {
  test('that exits instead of starting is reported with its last output', async () => {
    const start = startRedis({
      folder: join(folder, 'wrong'),
      port: await findFreePort(),
      extraArguments: ['--appendonly', 'perhaps'],
    })
    await expect(start).rejects.toThrow(/^redis exited with code 1 [^]*argument must be 'yes' or 'no'/)
  })

  test('that follows another copies its data', async () => {
    const first = await startRedis({ folder: join(folder, 'first'), port: await findFreePort() })
    const second = await startRedis({
      folder: join(folder, 'second'),
      port: await findFreePort(),
      extraArguments: ['--replicaof', `127.0.0.1 ${first.port}`],
    })
    await askRedis(first.url, 'SET', 'key', 'copied')
    await vi.waitFor(async () => expect(await askRedis(second.url, 'GET', 'key')).toBe('copied'), {
      timeout: 10_000,
    })
    await Promise.all([first.stop(), second.stop()])
  })
})

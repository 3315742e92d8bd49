import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { createTopics } from '../platform/kafka-topics.ts'
import { createKafka } from '../platform/kafka.ts'
import { createLog } from '../platform/log.ts'
import { connectDatabase } from '../platform/mysql.ts'
import { createGrantTopics, migrateTables } from '../migrations/migrate.ts'
import { freeServerPorts, startServers } from '../servers/all.ts'
import { createProgress } from '../servers/progress.ts'
import { startPart } from './processes.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Addresses of the servers and the secrets, as a process of ours takes them. */
    environment: Record<string, string>
    /** Two API processes on the same servers; a worker records for both. */
    apiUrls: [string, string]
    /** A folder of this run: whatever a test starts keeps its data and logs there. */
    folder: string
  }
}

/** Tables and topics on fresh servers. */
export const migrate = async (environment: Record<string, string>): Promise<void> => {
  const database = connectDatabase({
    url: environment['DATABASE_URL'] ?? '',
    connectionsMax: 2,
    queryTimeoutMs: 60_000,
  })
  const topics = createTopics(
    createKafka({
      brokers: (environment['KAFKA_BROKERS'] ?? '').split(','),
      clientId: 'firstcome-test',
      log: createLog('test', 'silent'),
      requestTimeoutMs: 30_000,
    }),
  )
  await migrateTables(database)
  await createGrantTopics(topics, { grantsPartitions: 3, replicationFactor: 1, minInsyncReplicas: 1 })
  await topics.close()
  await database.close()
}

/** Servers (started, or those that the environment gives), tables, topics, two API processes and a worker. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const folder = await mkdtemp(join(tmpdir(), 'firstcome-test-'))
  const servers = await startServers({
    folder,
    ports: await freeServerPorts(),
    environment: process.env,
    progress: createProgress(process.stderr),
  })
  const environment = {
    ...servers.environment,
    JWT_SECRET: 'a secret of the tests, of 32 bytes or more',
    ADMIN_TOKEN: 'the token of the tests',
  }
  await migrate(environment)
  const [worker, first, second] = await Promise.all([
    startPart('worker', environment, { folder, waitFor: 'ready' }),
    startPart('api', environment, { folder, waitFor: 'ready' }),
    startPart('api', environment, { folder, waitFor: 'ready' }),
  ])
  project.provide('environment', environment)
  project.provide('apiUrls', [first.url, second.url])
  project.provide('folder', folder)
  return async () => {
    await Promise.all([first.stop(), second.stop()])
    await worker.stop()
    await servers.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

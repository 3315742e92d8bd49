import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { findFreePort } from '../../../servers/ports.ts'
import { startRedis } from '../../../servers/start-redis.ts'
import { migrate, secrets } from './whole-system.ts'

/**
 * Tables and topics on the servers that the environment gives, and no process of ours. It serves single test
 * files that start everything else themselves (npm run ablate).
 */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const folder = await mkdtemp(join(tmpdir(), 'firstcome-test-'))
  const environment = {
    REDIS_URL: process.env['REDIS_URL'] ?? '',
    KAFKA_BROKERS: process.env['KAFKA_BROKERS'] ?? '',
    DATABASE_URL: process.env['DATABASE_URL'] ?? '',
    ...secrets,
  }
  await migrate(environment)
  const gates = await startRedis({ folder: join(folder, 'gates'), port: await findFreePort() })
  project.provide('environment', environment)
  project.provide('gatesRedisUrl', gates.url)
  project.provide('folder', folder)
  return async () => {
    await gates.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

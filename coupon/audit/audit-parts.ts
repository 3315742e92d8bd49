import type { TopicAdmin } from '../../platform/kafka/topic-admin.ts'
import type { TopicReader } from '../../platform/kafka/topic-reader.ts'
import type { Database } from '../../platform/mysql/database.ts'
import type { RedisClient } from '../../platform/redis.ts'
import { createGateSurveyor } from '../gate/gate-surveyor.ts'
import { createGrantLogReader } from '../log/grant-log-reader.ts'
import { grantsTopic } from '../log/topics.ts'
import type { AuditOptions } from './audit.ts'

/** Clients of the servers that hold the sources. */
export type AuditedServers = {
  redis: RedisClient
  database: Database
  topics: TopicAdmin
  reader: TopicReader
}

/** The parts of an audit, with the limits that are the same wherever one runs. */
export const createAuditParts = ({ redis, database, topics, reader }: AuditedServers): AuditOptions => ({
  database,
  gate: createGateSurveyor(redis),
  log: createGrantLogReader({ topics, reader, topic: grantsTopic }),
  stuckMs: 30_000,
  watchMs: 5_000,
  monotonicMs: () => performance.now(),
})

import { tmpdir } from 'node:os'
import type { TopicReader } from '../../platform/kafka/topic-reader.ts'
import type { TopicAdmin } from '../../platform/kafka/topic-admin.ts'
import type { Database } from '../../platform/mysql/database.ts'
import type { RedisClient } from '../../platform/redis.ts'
import { grantsTopic } from '../log/topics.ts'
import type { AuditOptions } from './audit.ts'
import { createGateSurveyor } from '../gate/gate-surveyor.ts'
import { createGrantLogReader } from '../log/grant-log-reader.ts'

/** The servers whose books are compared. */
export type AuditPlace = { redis: RedisClient; database: Database; topics: TopicAdmin; reader: TopicReader }

/** The parts of an audit, the same wherever one runs: the command, the operators' route, the worker that retires gates. */
export const createAuditParts = ({ redis, database, topics, reader }: AuditPlace): AuditOptions => ({
  database,
  gate: createGateSurveyor(redis),
  log: createGrantLogReader({ topics, reader, topic: grantsTopic }),
  folder: tmpdir(),
  stuckMs: 30_000,
  watchMs: 5_000,
  monotonicMs: () => performance.now(),
})

import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { z } from 'zod'
import { databaseConnection } from '../../platform/connections/database-connection.ts'
import { kafkaConnection } from '../../platform/connections/kafka-connection.ts'
import { redisConnection } from '../../platform/connections/redis-connection.ts'
import { createKafka } from '../../platform/kafka/client.ts'
import { createProducer } from '../../platform/kafka/producer.ts'
import { measureProducer } from '../../platform/kafka/producer-metrics.ts'
import { createTopicAdmin } from '../../platform/kafka/topic-admin.ts'
import { createTopicReader } from '../../platform/kafka/topic-reader.ts'
import type { Logger } from '../../platform/log/logger.ts'
import { createMetrics } from '../../platform/metrics/metrics.ts'
import { connectDatabase } from '../../platform/mysql/database.ts'
import { createUsageMeter } from '../../platform/process/process-usage.ts'
import type { ProcessLifecycle } from '../../platform/process/run-process.ts'
import type { RedisClient } from '../../platform/redis.ts'
import { createDeploymentIdentity } from '../deployment/identity.ts'
import { createGate } from '../gate/gate.ts'
import { createProcessSamples } from '../gate/process-samples.ts'
import { createRedisRoom } from '../gate/redis-room.ts'
import { createGrantLog } from '../log/grant-log.ts'
import { createPartitionCount } from '../log/partition-count.ts'
import { grantsTopic } from '../log/topics.ts'
import { measureGate } from '../metrics/gate.ts'
import { measureGrantLog } from '../metrics/grant-log.ts'
import { measureArming } from '../metrics/recovery.ts'
import { createArming } from '../recovery/arming.ts'
import { createArmingParts } from '../recovery/arming-parts.ts'
import type { issuingSettings } from '../settings.ts'
import { createProcessSampler } from './process-sampler.ts'

export type ProcessPartsOptions = {
  settings: z.infer<z.ZodObject<typeof issuingSettings>> & { QUERY_TIMEOUT_MS: number }
  kind: 'api' | 'worker'
  databaseConnectionsMax: number
  redis: RedisClient
  /** The connection for calls of the gate; it can be the same as `redis`. */
  gateRedis: RedisClient
  log: Logger
  life: Pick<ProcessLifecycle, 'refuseIfStopping'>
  monotonicMs(): number
}

/**
 * What the API and the worker both consist of: clients of the servers, the gate, the grant log and the
 * arming, measured.
 */
export const createProcessParts = (options: ProcessPartsOptions) => {
  const { settings, redis, log, monotonicMs } = options
  const metrics = createMetrics()
  const kafkaOptions = { ...kafkaConnection(settings), clientId: `firstcome-${options.kind}`, log }
  const kafka = createKafka({ ...kafkaOptions, requestTimeoutMs: 10_000 })
  const producer = measureProducer(createProducer(kafka), metrics, monotonicMs)
  const topics = createTopicAdmin(kafka)
  const partitions = (): Promise<number> => topics.partitions(grantsTopic)
  const database = connectDatabase({
    ...databaseConnection(settings),
    connectionsMax: options.databaseConnectionsMax,
    queryTimeoutMs: settings.QUERY_TIMEOUT_MS,
  })
  const reader = createTopicReader(kafka)
  const identity = createDeploymentIdentity({ database, topics, reader, redis })
  const gate = measureGate(
    createGate(options.gateRedis, { outboxGrantsMax: settings.OUTBOX_GRANTS_MAX }),
    metrics,
    monotonicMs,
  )
  const grantLog = measureGrantLog(
    createGrantLog({
      producer,
      gate,
      log,
      partitions: createPartitionCount({ read: partitions, monotonicMs }),
      publishDeadlineMs: settings.PUBLISH_DEADLINE_MS,
      publishInFlightMax: settings.PUBLISH_IN_FLIGHT_MAX,
      monotonicMs,
    }),
    metrics,
  )
  const armingParts = createArmingParts({
    redis,
    database,
    producer,
    partitions,
    redisConnection: redisConnection(settings),
    requireOneDeployment: () => identity.require(['database', 'Kafka', 'Redis']),
    now: Date.now,
    refuseIfStopping: options.life.refuseIfStopping,
    log,
    soldOutMemoryMs: settings.SOLD_OUT_MEMORY_MS,
    monotonicMs,
  })
  const room = createRedisRoom({ redis, log })
  const samples = createProcessSamples(redis)
  return {
    metrics,
    kafka,
    /** For another client, with a timeout of its own. */
    kafkaOptions,
    producer,
    topics,
    reader,
    identity,
    database,
    gate,
    grantLog,
    campaigns: armingParts.campaigns,
    armingParts,
    room,
    /** What all processes do, for consoles. */
    samples,
    /** What this one does. */
    sampler: createProcessSampler({
      kind: options.kind,
      // In containers host and process id are the same after a restart.
      id: randomUUID().slice(0, 8),
      name: `${hostname().slice(0, 80)}:${process.pid}`,
      metrics,
      samples,
      isWatched: room.isWatched,
      measureUsage: createUsageMeter(),
    }),
    arming: measureArming(createArming(armingParts), metrics),
    closeKafka: () => Promise.all([producer.close(), reader.close(), topics.close()]),
    /** What `warnOfRequirements` examines. */
    installation: {
      redis,
      redisUrl: settings.REDIS_URL,
      kafka,
      brokers: settings.KAFKA_BROKERS,
      database,
      databaseUrl: settings.DATABASE_URL,
      now: Date.now,
    },
  }
}

/** What every process has. */
export type ProcessParts = ReturnType<typeof createProcessParts>

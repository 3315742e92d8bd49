import { examineInstallation } from '../../coupon/requirements/examine-installation.ts'
import type { Examination } from '../../coupon/requirements/finding.ts'
import { defineCommand } from '../../platform/command.ts'
import { databaseConnection } from '../../platform/connections/database-connection.ts'
import { kafkaConnection } from '../../platform/connections/kafka-connection.ts'
import { redisConnection } from '../../platform/connections/redis-connection.ts'
import { createKafka } from '../../platform/kafka/client.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { connectDatabase } from '../../platform/mysql/database.ts'
import { connectRedis } from '../../platform/redis.ts'
import { countsOf, doctorReport } from './report.ts'
import { type DoctorSettings, doctorSettings } from './settings.ts'

/** Connects to the servers, and closes the connections when they are examined. */
const examine = async (settings: DoctorSettings): Promise<Examination[]> => {
  const redis = connectRedis({
    ...redisConnection(settings),
    commandTimeoutMs: 3_000,
    onError: () => undefined,
  })
  const kafka = createKafka({
    ...kafkaConnection(settings),
    clientId: 'firstcome-doctor',
    log: createLogger('doctor', 'silent'),
    requestTimeoutMs: 5_000,
  })
  const database = connectDatabase({
    ...databaseConnection(settings),
    connectionsMax: 1,
    queryTimeoutMs: 5_000,
  })
  try {
    return await examineInstallation({
      redis,
      redisUrl: settings.REDIS_URL,
      kafka,
      brokers: settings.KAFKA_BROKERS,
      database,
      databaseUrl: settings.DATABASE_URL,
      topics: {
        grantsPartitions: settings.GRANTS_PARTITIONS,
        replicationFactor: settings.TOPIC_REPLICATION_FACTOR,
        minInsyncReplicas: settings.TOPIC_MIN_INSYNC_REPLICAS,
      },
      connectionsMax: settings.CONNECTIONS_MAX,
      now: Date.now,
    })
  } finally {
    redis.close()
    await database.close()
  }
}

/** Compares servers and machine with what the promises need, and changes nothing. */
export const doctorCommand = defineCommand({
  name: 'npm run doctor --',
  summary: 'Compares Redis, Kafka, database and machine with what the promises need. It changes nothing.',
  options: {},
  settings: doctorSettings,
  exitCodes: {
    ok: [0, 'no requirement failed'],
    failed: [1, 'at least one requirement failed'],
    unread: [4, 'a server did not answer; findings of the others are valid'],
  },
  failureExitCode: [4, 'the examination failed'],
  async run(_, { settings, stdout, print }) {
    const examinations = await examine(settings)
    await print({ text: doctorReport(examinations, stdout), json: examinations })
    if (examinations.some(({ isRead }) => !isRead)) return 'unread'
    return countsOf(examinations).failed === 0 ? 'ok' : 'failed'
  },
})

import { type Examination } from '../../coupon/requirements/finding.ts'
import { examineInstallation } from '../../coupon/requirements/examine.ts'
import { Failure, messageOf } from '../../platform/failure.ts'
import { createKafka } from '../../platform/kafka/client.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { connectDatabase } from '../../platform/mysql/database.ts'
import { connectRedis } from '../../platform/redis.ts'
import { readSettings } from '../../platform/settings.ts'
import { parseArguments, usage } from './arguments.ts'
import { countsOf, terminalReport } from './report.ts'
import { doctorSettings } from './settings.ts'

// npm run doctor: holds servers and machine against what the promises need, says what to change, and changes nothing.

const exitCodes = { well: 0, fail: 1, wrongUse: 2, unread: 4 } as const

const examine = async (): Promise<Examination[]> => {
  const settings = readSettings(doctorSettings, process.env)
  let redisFault: string | undefined
  const redis = connectRedis({
    url: settings.REDIS_URL,
    commandTimeoutMs: 3_000,
    onFault: (message) => {
      redisFault = message
    },
  })
  const kafka = createKafka({
    brokers: settings.KAFKA_BROKERS,
    clientId: 'firstcome-doctor',
    log: createLogger('doctor', 'silent'),
    requestTimeoutMs: 5_000,
  })
  const database = connectDatabase({ url: settings.DATABASE_URL, connectionsMax: 1, queryTimeoutMs: 5_000 })
  try {
    return await examineInstallation({
      ...{ redis, kafka, database },
      redisUrl: settings.REDIS_URL,
      redisFault: () => redisFault,
      brokers: settings.KAFKA_BROKERS,
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

try {
  const asked = parseArguments(process.argv.slice(2))
  if (asked === 'help') process.stdout.write(`${usage}\n`)
  else {
    const examinations = await examine()
    process.stdout.write(
      asked.isJson
        ? `${JSON.stringify(examinations, undefined, 2)}\n`
        : terminalReport(examinations, process.stdout),
    )
    const isAllRead = examinations.every(({ isRead }) => isRead)
    const isWell = countsOf(examinations).fail === 0
    process.exitCode = !isAllRead ? exitCodes.unread : isWell ? exitCodes.well : exitCodes.fail
  }
} catch (cause) {
  process.stderr.write(`${messageOf(cause)}\n`)
  process.exitCode =
    cause instanceof Failure && cause.code === 'refused' ? exitCodes.wrongUse : exitCodes.unread
}

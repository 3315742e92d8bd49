import { z } from 'zod'
import {
  databaseConnection,
  databaseConnectionSettings,
} from '../../platform/connections/database-connection.ts'
import {
  kafkaBrokers,
  kafkaConnection,
  kafkaConnectionSettings,
} from '../../platform/connections/kafka-connection.ts'
import { redisConnection, redisConnectionSettings } from '../../platform/connections/redis-connection.ts'
import { fitTogether } from '../../platform/connections/server-connections.ts'
import { createKafka, type KafkaCluster } from '../../platform/kafka/client.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { connectDatabase, type Database } from '../../platform/mysql/database.ts'
import { connectRedis, type RedisClient } from '../../platform/redis.ts'
import { jwtSecret } from '../../platform/settings.ts'

/** The settings of other designs: the servers are those of the system. */
export const designSettings = fitTogether(
  z.object({
    JWT_SECRET: jwtSecret('as the API has it; npm start makes one'),
    ...databaseConnectionSettings,
    ...redisConnectionSettings,
    ...kafkaConnectionSettings,
    KAFKA_BROKERS: kafkaBrokers,
  }),
)

type Settings = z.infer<typeof designSettings>

/** As many as a web server of the usual kind has. */
const connectionsMax = 10

export const designDatabase = (settings: Settings): Database =>
  connectDatabase({ ...databaseConnection(settings), connectionsMax, queryTimeoutMs: 30_000 })

export const designRedis = (settings: Settings): RedisClient =>
  connectRedis({ ...redisConnection(settings), commandTimeoutMs: 5_000, onError: () => undefined })

export const designKafka = (settings: Settings): KafkaCluster =>
  createKafka({
    ...kafkaConnection(settings),
    clientId: 'other-design',
    log: createLogger('load', 'silent'),
    requestTimeoutMs: 10_000,
  })

/** Connects the servers while `work` runs. */
export const withDesignServers = async <Result>(
  settings: Settings,
  work: (database: Database, redis: RedisClient, kafka: KafkaCluster) => Promise<Result>,
): Promise<Result> => {
  const [database, redis] = [designDatabase(settings), designRedis(settings)]
  try {
    await redis.waitForConnection(5_000)
    return await work(database, redis, designKafka(settings))
  } finally {
    redis.close()
    await database.close()
  }
}

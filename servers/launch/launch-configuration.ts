import { resolve } from 'node:path'
import { z } from 'zod'
import { databaseUrl } from '../../platform/connections/database-connection.ts'
import { kafkaBrokers } from '../../platform/connections/kafka-connection.ts'
import { redisUrl } from '../../platform/connections/redis-connection.ts'
import { fitTogether, serverConnectionSettings } from '../../platform/connections/server-connections.ts'
import { adminToken, distinctSecrets, jwtSecret } from '../../platform/settings.ts'
import type { PortUse } from '../ports.ts'
import type { ServerPorts } from '../start-servers.ts'

/** What `npm start` takes from its environment and its arguments. */
export type LaunchConfiguration = {
  /** Absolute; holds data, logs and secrets. */
  folder: string
  /** Delete the data and the secrets of earlier runs first. */
  isFresh: boolean
  mayInstall: boolean
  apiPort: number
  workerPort: number
  apiMetricsPort: number
  workerMetricsPort: number
  serverPorts: ServerPorts
  /** True for a server to start, false for one that is given by its address. */
  ownServers: { redis: boolean; kafka: boolean; database: boolean }
  /** Undefined: random, and kept in the folder. */
  jwtSecret: string | undefined
  adminToken: string | undefined
}

const portRule = 'must be a port, 1 to 65535'

const port = (defaultPort: number) =>
  z.coerce.number(portRule).int(portRule).min(1, portRule).max(65_535, portRule).default(defaultPort)

/** Servers that run elsewhere; one without an address is started. */
export const givenServerSettings = {
  ...serverConnectionSettings,
  REDIS_URL: redisUrl.optional(),
  KAFKA_BROKERS: kafkaBrokers.optional(),
  DATABASE_URL: databaseUrl.optional(),
}

const leaveOut = 'leave it out, and npm start makes one'

/** The environment of `npm start`. */
export const launchSettings = fitTogether(
  z.object({
    FIRSTCOME_FOLDER: z
      .string()
      .default('.firstcome')
      .describe('Folder that holds all data, logs and secrets, relative to where the command runs.'),
    API_PORT: port(8080),
    WORKER_PORT: port(8081),
    API_METRICS_PORT: port(9464),
    WORKER_METRICS_PORT: port(9465),
    REDIS_PORT: port(16_379).describe('TCP port of the Redis that is started.'),
    KAFKA_PORT: port(19_092).describe('TCP port of the Kafka broker that is started.'),
    KAFKA_CONTROLLER_PORT: port(19_093).describe(
      'TCP port that this broker keeps for itself (KRaft controller).',
    ),
    DATABASE_PORT: port(13_306).describe('TCP port of the database that is started.'),
    KAFKA_HOME: z
      .string()
      .optional()
      .describe('Folder of a Kafka distribution to run, when kafka-server-start is not on PATH.'),
    JAVA_HOME: z.string().optional().describe('Folder of a Java 17 or newer, when the one on PATH is older.'),
    ...givenServerSettings,
    JWT_SECRET: jwtSecret(leaveOut).optional(),
    ADMIN_TOKEN: adminToken(leaveOut).optional(),
  }),
).refine(...distinctSecrets)

export type LaunchSettings = z.infer<typeof launchSettings>

/** What the settings and the options of `npm start` come to. */
export const launchConfigurationOf = (
  settings: LaunchSettings,
  options: { isFresh: boolean; mayInstall: boolean },
): LaunchConfiguration => {
  return {
    folder: resolve(settings.FIRSTCOME_FOLDER),
    ...options,
    apiPort: settings.API_PORT,
    workerPort: settings.WORKER_PORT,
    apiMetricsPort: settings.API_METRICS_PORT,
    workerMetricsPort: settings.WORKER_METRICS_PORT,
    serverPorts: {
      redis: settings.REDIS_PORT,
      kafka: settings.KAFKA_PORT,
      kafkaController: settings.KAFKA_CONTROLLER_PORT,
      database: settings.DATABASE_PORT,
    },
    ownServers: {
      redis: settings.REDIS_URL === undefined,
      kafka: settings.KAFKA_BROKERS === undefined,
      database: settings.DATABASE_URL === undefined,
    },
    jwtSecret: settings.JWT_SECRET,
    adminToken: settings.ADMIN_TOKEN,
  }
}

/** Every port that `npm start` listens on, or has a server listen on. */
export const portUses = ({
  apiPort,
  workerPort,
  apiMetricsPort,
  workerMetricsPort,
  serverPorts,
  ownServers,
}: LaunchConfiguration): PortUse[] => [
  { port: apiPort, use: 'API', setting: 'API_PORT' },
  { port: workerPort, use: 'worker health', setting: 'WORKER_PORT' },
  { port: apiMetricsPort, use: 'API metrics', setting: 'API_METRICS_PORT' },
  { port: workerMetricsPort, use: 'worker metrics', setting: 'WORKER_METRICS_PORT' },
  ...(ownServers.redis ? [{ port: serverPorts.redis, use: 'Redis', setting: 'REDIS_PORT' }] : []),
  ...(ownServers.kafka
    ? [
        { port: serverPorts.kafka, use: 'Kafka', setting: 'KAFKA_PORT' },
        { port: serverPorts.kafkaController, use: 'Kafka controller', setting: 'KAFKA_CONTROLLER_PORT' },
      ]
    : []),
  ...(ownServers.database ? [{ port: serverPorts.database, use: 'database', setting: 'DATABASE_PORT' }] : []),
]

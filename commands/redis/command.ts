import type { z } from 'zod'
import { type LeaveOutcome, readFence } from '../../coupon/deployment/current-redis.ts'
import { createDeploymentIdentity } from '../../coupon/deployment/identity.ts'
import { createLeaveRedis } from '../../coupon/deployment/leave-redis.ts'
import { createCampaignRepository } from '../../coupon/ledger/campaigns.ts'
import {
  type NotedRedis,
  noteCurrentRedis,
  noteRedisLeft,
  readRedisServers,
} from '../../coupon/ledger/redis-servers.ts'
import { defineCommand, defineCommandGroup } from '../../platform/command.ts'
import { databaseConnection } from '../../platform/connections/database-connection.ts'
import { kafkaConnection } from '../../platform/connections/kafka-connection.ts'
import { redisAddress } from '../../platform/connections/redis-address.ts'
import { redisConnection } from '../../platform/connections/redis-connection.ts'
import { Failure } from '../../platform/failure.ts'
import { createKafka } from '../../platform/kafka/client.ts'
import { createProducer } from '../../platform/kafka/producer.ts'
import { createTopicAdmin } from '../../platform/kafka/topic-admin.ts'
import { createTopicReader } from '../../platform/kafka/topic-reader.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { connectDatabase, type Database } from '../../platform/mysql/database.ts'
import { connectRedis } from '../../platform/redis.ts'
import { type RedisPlaces, redisReport } from './report.ts'
import { redisSettings } from './settings.ts'

/** The Redis of REDIS_URL, as a server on which gates can be armed. */
type ConfiguredRedis = { fence: string | undefined; address: string; endpoint: string | undefined }

type Leave = (server: NotedRedis) => Promise<LeaveOutcome>

/** Connects to the servers of one deployment for as long as `work` runs. Rejects `refused` for strangers. */
const withServers = async <Result>(
  settings: z.infer<typeof redisSettings>,
  work: (database: Database, configured: ConfiguredRedis, leave: Leave) => Promise<Result>,
): Promise<Result> => {
  const kafka = createKafka({
    ...kafkaConnection(settings),
    clientId: 'firstcome-redis',
    log: createLogger('redis', 'silent'),
    requestTimeoutMs: 10_000,
  })
  const [topics, reader, producer] = [
    createTopicAdmin(kafka),
    createTopicReader(kafka),
    createProducer(kafka),
  ]
  const database = connectDatabase({
    ...databaseConnection(settings),
    connectionsMax: 2,
    queryTimeoutMs: 10_000,
  })
  const redis = connectRedis({
    ...redisConnection(settings),
    commandTimeoutMs: 5_000,
    onError: () => undefined,
  })
  try {
    await redis.waitForConnection(5_000).catch(() => undefined)
    await createDeploymentIdentity({ database, topics, reader, redis }).compare()
    const fence = await readFence(redis).catch(() => undefined)
    const address = redisAddress(settings.REDIS_URL)
    const leave = createLeaveRedis({
      redisConnection: redisConnection(settings),
      commandTimeoutMs: 2_000,
      campaigns: createCampaignRepository(database),
      producer,
    })
    return await work(database, { fence, address, endpoint: redis.remoteAddress() }, leave)
  } finally {
    redis.close()
    await producer.close()
    await reader.close()
    await topics.close()
    await database.close()
  }
}

const readPlaces = async (database: Database, configured: ConfiguredRedis): Promise<RedisPlaces> => ({
  configured: configured.address,
  isMaster: configured.fence !== undefined,
  servers: (await readRedisServers(database, configured.fence)).map((server) => ({
    ...server,
    isConfigured: server.fence === configured.fence,
  })),
})

/** `npm run redis -- status`. */
const redisStatusCommand = defineCommand({
  name: 'npm run redis -- status',
  summary: 'Shows on which Redis gates are armed, and which one is being left.',
  options: {},
  settings: redisSettings,
  exitCodes: { current: [0, 'gates are armed on the Redis of REDIS_URL'], other: [1, 'they are not'] },
  failureExitCode: [4, 'a server could not be read'],
  run: (_, { settings, print }) =>
    withServers(settings, async (database, configured) => {
      const places = await readPlaces(database, configured)
      await print({ text: redisReport(places), json: places })
      const isCurrent = places.servers.some(({ state, isConfigured }) => state === 'current' && isConfigured)
      return isCurrent && places.servers.every(({ state }) => state !== 'leaving') ? 'current' : 'other'
    }),
})

/** `npm run redis -- adopt`. */
const adoptCommand = defineCommand({
  name: 'npm run redis -- adopt',
  summary:
    'Says that the Redis which gates are moved away from is gone, or may be left, and that gates are armed on the ' +
    'Redis of REDIS_URL from now on. The gates of one that still answers are stopped first. One that does not ' +
    'answer here must not serve API processes elsewhere: what it confirms from now on is lost.',
  options: {},
  settings: redisSettings,
  exitCodes: { adopted: [0, 'gates are armed on the Redis of REDIS_URL'] },
  failureExitCode: [4, 'a server could not be read'],
  run: (_, { settings, print }) =>
    withServers(settings, async (database, configured, leave) => {
      const { fence, address, endpoint = address } = configured
      if (fence === undefined)
        throw new Failure('refused', `the Redis ${address} does not answer as a master: check REDIS_URL`)
      const servers = await database.transaction(async (connection) => {
        await noteCurrentRedis(connection, { fence, address, endpoint }, Date.now())
        return { commit: true, result: await readRedisServers(connection, fence) }
      })
      for (const server of servers.filter(({ state }) => state === 'leaving')) {
        await leave(server)
        await noteRedisLeft(database, server.fence, Date.now())
      }
      const places = await readPlaces(database, configured)
      await print({ text: redisReport(places), json: places })
      return 'adopted'
    }),
})

/** Shows and decides on which Redis gates are armed. */
export const redisCommand = defineCommandGroup({ status: redisStatusCommand, adopt: adoptCommand })

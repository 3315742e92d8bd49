import type { DatabaseConnection } from '../../platform/connections/database-connection.ts'
import type { RedisConnection } from '../../platform/connections/redis-connection.ts'
import type { ServerConnections } from '../../platform/connections/server-connections.ts'
import { connectDatabase } from '../../platform/mysql/database.ts'
import { connectRedis } from '../../platform/redis.ts'
import type { FoundSources, ServerName } from '../install/find-servers.ts'
import { defaultProducts, installedVersion } from './installed-version.ts'
import { askKafkaVersion } from './kafka-version.ts'
import { type ProductVersion, parseDatabaseVersion, parseRedisInfo } from './product-version.ts'

const timeoutMs = 3_000

const askRedis = async (connection: RedisConnection): Promise<ProductVersion> => {
  const redis = connectRedis({ ...connection, commandTimeoutMs: timeoutMs, onError: () => {} })
  try {
    await redis.waitForConnection(timeoutMs)
    return parseRedisInfo(String(await redis.command('INFO', 'server')))
  } finally {
    redis.close()
  }
}

const askDatabase = async (connection: DatabaseConnection): Promise<ProductVersion> => {
  const database = connectDatabase({ ...connection, connectionsMax: 1, queryTimeoutMs: timeoutMs })
  try {
    const [row] = await database.read('SELECT VERSION() AS version')
    return parseDatabaseVersion(String(row?.['version']))
  } finally {
    await database.close()
  }
}

/**
 * Asks a server for its product and version. Kafka's protocol tells only the release, so a broker that was
 * installed or started here is named by its jars or image. A server that does not answer has no version.
 */
export const runningVersion = async (
  name: ServerName,
  sources: FoundSources,
  connections: ServerConnections,
): Promise<ProductVersion> => {
  try {
    if (name === 'redis') return await askRedis(connections.redis)
    if (name === 'database') return await askDatabase(connections.database)
    if (sources.kafka?.kind !== 'address') return await installedVersion('kafka', sources)
    return { product: 'Kafka', version: await askKafkaVersion(connections.kafka) }
  } catch {
    return { product: defaultProducts[name], version: undefined }
  }
}

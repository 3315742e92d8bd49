import type { RedisOptions } from 'ioredis'
import { certificateNameOf } from './connections/host-port.ts'
import type { RedisConnection } from './connections/redis-connection.ts'
import { parseSentinelAddress, type SentinelAddress } from './connections/sentinel-address.ts'
import { givenFiles } from './connections/tls-files.ts'

const toSentinels = (address: SentinelAddress, connection: RedisConnection): RedisOptions => ({
  sentinels: address.sentinels,
  name: address.name,
  role: 'master',
  db: address.db,
  ...(address.username === '' ? {} : { username: address.username }),
  ...(address.password === '' ? {} : { password: address.password }),
  ...(connection.sentinelUsername === undefined ? {} : { sentinelUsername: connection.sentinelUsername }),
  ...(connection.sentinelPassword === undefined ? {} : { sentinelPassword: connection.sentinelPassword }),
  ...(address.isSecure
    ? {
        tls: givenFiles(connection.tls),
        sentinelTLS: givenFiles(connection.tls),
        enableTLSForSentinelMode: true,
      }
    : {}),
  // Those of the setting, and no addresses that only the sentinels can reach.
  updateSentinels: false,
  sentinelCommandTimeout: 2_000,
  sentinelRetryStrategy: (attempt) => Math.min(50 * attempt, 1_000),
  // A client leaves a master that the sentinels have replaced, also when it still answers to this client.
  failoverDetector: true,
})

/** How ioredis is to connect. */
export const ioredisOptions = (connection: RedisConnection): RedisOptions => {
  const sentinel = parseSentinelAddress(connection.url)
  if (sentinel !== undefined) return toSentinels(sentinel, connection)
  const url = new URL(connection.url)
  // Node sends no name of its own accord (SNI), and a proxy of many servers needs it.
  const servername = certificateNameOf(url.hostname)
  const tls = { ...(servername === undefined ? {} : { servername }), ...givenFiles(connection.tls) }
  return url.protocol === 'rediss:' ? { tls } : {}
}

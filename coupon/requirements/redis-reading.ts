import { isRedisErrorReply, type RedisClient } from '../../platform/redis.ts'
import { type ClockOffset, readClockOffset } from './clock.ts'
import { type ReadResult, readUnlessRefused } from './finding.ts'
import { neededCommands, permissionsScript } from './redis-commands.ts'

/** What a Redis reports of itself. */
export type RedisReading = {
  /** The fields of `INFO`. */
  info: ReadResult<ReadonlyMap<string, string>>
  /** `CONFIG GET` of the settings that the requirements need. */
  settings: ReadResult<ReadonlyMap<string, string>>
  /** The user of our connection. */
  user: ReadResult<string>
  /** Commands that this user needs and may not run. */
  forbidden: ReadResult<readonly string[]>
  clock: ReadResult<ClockOffset>
}

const sections = ['server', 'memory', 'persistence', 'stats', 'replication']
const settingNames = [
  'min-replicas-to-write',
  'min-replicas-max-lag',
  'disable-thp',
  'stop-writes-on-bgsave-error',
]

const listOf = (reply: unknown): string[] => (Array.isArray(reply) ? reply.map(String) : [])

/** The fields in a reply to `INFO`. */
const fieldsOf = (info: string): Map<string, string> =>
  new Map(
    info.split('\r\n').flatMap((line) => {
      const colon = line.indexOf(':')
      return colon < 1 ? [] : [[line.slice(0, colon), line.slice(colon + 1)]]
    }),
  )

const readInfo = async (redis: RedisClient): Promise<Map<string, string>> => {
  const fields = new Map<string, string>()
  // One section a call: several in one call need Redis 7.0, and an older version has to be found too.
  for (const section of sections)
    for (const [name, value] of fieldsOf(String(await redis.command('INFO', section))))
      fields.set(name, value)
  return fields
}

const readSettings = async (redis: RedisClient): Promise<Map<string, string>> => {
  const settings = new Map<string, string>()
  for (const name of settingNames) {
    const [found, value] = listOf(await redis.command('CONFIG', 'GET', name))
    if (found !== undefined && value !== undefined) settings.set(found, value)
  }
  return settings
}

const readTimeMs = async (redis: RedisClient): Promise<number> => {
  const [seconds = 0, microseconds = 0] = listOf(await redis.command('TIME')).map(Number)
  return seconds * 1_000 + microseconds / 1_000
}

/** Asks and changes nothing. Rejects `unavailable` when Redis does not answer. */
export const readRedis = async (redis: RedisClient, now: () => number): Promise<RedisReading> => {
  const result = <Value>(read: () => Promise<Value>) => readUnlessRefused(read, isRedisErrorReply)
  return {
    info: await result(() => readInfo(redis)),
    settings: await result(() => readSettings(redis)),
    user: await result(async () => String(await redis.command('ACL', 'WHOAMI'))),
    forbidden: await result(async () => listOf(await redis.run(permissionsScript, [], neededCommands))),
    clock: await result(() => readClockOffset(() => readTimeMs(redis), now)),
  }
}

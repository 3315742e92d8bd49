import { messageOf } from '../../platform/failure.ts'
import { isRedisErrorReply, type RedisClient } from '../../platform/redis.ts'
import { type Clock, readClock } from './clock.ts'
import type { Told } from './finding.ts'
import { neededCommands, permissionsScript } from './redis-commands.ts'

/** What a Redis tells of itself. */
export type RedisReading = {
  /** The fields of `INFO`. */
  info: Told<ReadonlyMap<string, string>>
  /** `CONFIG GET` of what matters. */
  settings: Told<ReadonlyMap<string, string>>
  /** Who we are to it. */
  user: Told<string>
  /** Commands that this user needs and may not run. */
  refused: Told<readonly string[]>
  clock: Told<Clock>
}

const sections = ['server', 'memory', 'persistence', 'stats', 'replication']
const settingNames = [
  'min-replicas-to-write',
  'min-replicas-max-lag',
  'disable-thp',
  'stop-writes-on-bgsave-error',
]

const listOf = (reply: unknown): string[] => (Array.isArray(reply) ? reply.map(String) : [])

/** The fields of an answer to `INFO`. */
export const fieldsOf = (info: string): Map<string, string> =>
  new Map(
    info.split('\r\n').flatMap((line) => {
      const colon = line.indexOf(':')
      return colon < 1 ? [] : [[line.slice(0, colon), line.slice(colon + 1)]]
    }),
  )

/** What Redis refuses is part of the reading; what it does not answer at all rejects. */
const told = async <Value>(ask: () => Promise<Value>): Promise<Told<Value>> => {
  try {
    return { value: await ask() }
  } catch (cause) {
    if (!isRedisErrorReply(cause)) throw cause
    return { refused: messageOf(cause) }
  }
}

const readInfo = async (redis: RedisClient): Promise<Map<string, string>> => {
  const fields = new Map<string, string>()
  // One section a call: several in one need Redis 7.0, which is what has to be found out.
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

const timeMs = async (redis: RedisClient): Promise<number> => {
  const [seconds = 0, microseconds = 0] = listOf(await redis.command('TIME')).map(Number)
  return seconds * 1_000 + microseconds / 1_000
}

/** Asks, and changes nothing. Rejects `unavailable` when Redis does not answer. */
export const readRedis = async (redis: RedisClient, now: () => number): Promise<RedisReading> => ({
  info: await told(() => readInfo(redis)),
  settings: await told(() => readSettings(redis)),
  user: await told(async () => String(await redis.command('ACL', 'WHOAMI'))),
  refused: await told(async () => listOf(await redis.run(permissionsScript, [], neededCommands))),
  clock: await told(() => readClock(() => timeMs(redis), now)),
})

import type { ReadinessCheck } from '../../platform/http/health.ts'
import type { Logger } from '../../platform/log/logger.ts'
import { isOutOfMemory, type RedisClient } from '../../platform/redis.ts'
import { watchedKey } from './keys.ts'
import { parseReply } from './reply.ts'
import { roomScript } from './scripts.ts'

/** Rejects `unavailable` when Redis does not answer. A full one does not say whether a console watches. */
const askForRoom = async (redis: RedisClient): Promise<{ isFull: boolean; isWatched: boolean }> => {
  try {
    const { code } = parseReply('room', await redis.run(roomScript, [watchedKey], []))
    return { isFull: false, isWatched: code === 'WATCHED' }
  } catch (cause) {
    if (isOutOfMemory(cause)) return { isFull: true, isWatched: true }
    throw cause
  }
}

/**
 * Whether Redis refuses what needs memory, because it has reached `maxmemory`. Rejects `unavailable` when it
 * does not answer.
 */
export const isRedisFull = async (redis: RedisClient): Promise<boolean> => (await askForRoom(redis)).isFull

/** Whether Redis is full, as of the last `step`. */
export type RedisRoom = {
  /** Asks Redis, and logs one line when it becomes full, and one when it has room again. Never rejects. */
  step(): Promise<void>
  /** Says on `/readyz` that Redis is full. */
  readonly check: ReadinessCheck
  /** Whether a console may watch: the same call tells, so that no process asks for it once a second. */
  isWatched(): boolean
}

/** At its limit Redis refuses one call and accepts the next: it has room when this many were accepted. */
const acceptedMin = 5

export const createRedisRoom = ({ redis, log }: { redis: RedisClient; log: Logger }): RedisRoom => {
  let isFull = false
  let accepted = 0
  let isWatched = false
  return {
    async step() {
      const room = await askForRoom(redis).catch(() => undefined)
      if (room === undefined) return
      isWatched = room.isWatched
      const { isFull: isFullNow } = room
      accepted = isFullNow ? 0 : accepted + 1
      if (isFullNow && !isFull) {
        isFull = true
        log.error('Redis is full (maxmemory): it grants nothing and arms no gate until memory is freed')
      } else if (isFull && accepted >= acceptedMin) {
        isFull = false
        log.warn('Redis has room again')
      }
    },
    isWatched: () => isWatched,
    check: {
      name: 'memory',
      isReady: () => !isFull,
      waitsFor: () => 'Redis is full (maxmemory): it grants nothing until memory is freed',
    },
  }
}

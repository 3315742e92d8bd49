import type { ReadinessCheck } from '../../platform/http/health.ts'
import type { Logger } from '../../platform/log/logger.ts'
import { createScript, isOutOfMemory, type RedisClient } from '../../platform/redis.ts'

/** Needs memory as a grant does, and writes nothing. */
const roomScript = createScript('room', "#!lua\nreturn 'OK'")

/**
 * Whether Redis refuses what needs memory, because it has reached `maxmemory`. Rejects `unavailable` when it
 * does not answer.
 */
export const isRedisFull = async (redis: RedisClient): Promise<boolean> => {
  try {
    await redis.run(roomScript, [], [])
    return false
  } catch (cause) {
    if (isOutOfMemory(cause)) return true
    throw cause
  }
}

/** Whether Redis is full, as of the last `step`. */
export type RedisRoom = {
  /** Asks Redis, and logs one line when it becomes full, and one when it has room again. Never rejects. */
  step(): Promise<void>
  /** Says on `/readyz` that Redis is full. */
  readonly check: ReadinessCheck
}

/** At its limit Redis refuses one call and accepts the next: it has room when this many were accepted. */
const acceptedMin = 5

export const createRedisRoom = ({ redis, log }: { redis: RedisClient; log: Logger }): RedisRoom => {
  let isFull = false
  let accepted = 0
  return {
    async step() {
      const isFullNow = await isRedisFull(redis).catch(() => undefined)
      if (isFullNow === undefined) return
      accepted = isFullNow ? 0 : accepted + 1
      if (isFullNow && !isFull) {
        isFull = true
        log.error('Redis is full (maxmemory): it grants nothing and arms no gate until memory is freed')
      } else if (isFull && accepted >= acceptedMin) {
        isFull = false
        log.warn('Redis has room again')
      }
    },
    check: {
      name: 'memory',
      isReady: () => !isFull,
      waitsFor: () => 'Redis is full (maxmemory): it grants nothing until memory is freed',
    },
  }
}

import { confirmScript, decideScript, lookScript, viewScript } from '../coupon/gate/scripts.ts'
import { encodeMarker } from '../coupon/log/log-record.ts'
import { grantsTopic } from '../coupon/log/topics.ts'
import { backoff } from '../platform/backoff.ts'
import { messageOf } from '../platform/failure.ts'
import type { Producer } from '../platform/kafka/producer.ts'
import type { TopicAdmin } from '../platform/kafka/topic-admin.ts'
import type { Logger } from '../platform/log/logger.ts'
import type { RedisClient } from '../platform/redis.ts'

export type WarmUpOptions = { redis: RedisClient; producer: Producer; topics: TopicAdmin; log: Logger }

export type WarmUp = { isWarm(): boolean }

/**
 * Loads the scripts of the gate and appends one marker to every partition, and retries until all of it worked
 * once. Returns at once. Until then the process is not ready, and its grants stay in the outbox.
 */
export const startWarmUp = ({ redis, producer, topics, log }: WarmUpOptions): WarmUp => {
  let warm = false
  const warmOnce = async (): Promise<void> => {
    await redis.waitForConnection(2_000)
    for (const script of [decideScript, confirmScript, lookScript, viewScript])
      await redis.command('SCRIPT', 'LOAD', script.lua)
    const partitions = await topics.partitions(grantsTopic)
    for (let partition = 0; partition < partitions; partition += 1)
      await producer.append(grantsTopic, partition, [{ value: encodeMarker('warm-up') }])
    warm = true
  }
  const warmUntilDone = async (): Promise<void> => {
    for (let attempt = 1; !warm; attempt += 1) {
      try {
        await warmOnce()
      } catch (cause) {
        log.warn({ attempt, cause: messageOf(cause) }, 'the warm-up failed; the API retries')
        await backoff(attempt, 100, 2_000)
      }
    }
    log.info('the API is warm')
  }
  void warmUntilDone()
  return { isWarm: () => warm }
}

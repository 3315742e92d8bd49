import type { RedisClient } from '../../platform/redis.ts'
import { deploymentKey } from '../gate/keys.ts'

/**
 * The id of the deployment that this Redis belongs to; `undefined` when it has none. Rejects `unavailable`.
 */
export const readRedisId = async (redis: RedisClient): Promise<string | undefined> => {
  const id = await redis.command('GET', deploymentKey)
  return typeof id === 'string' ? id : undefined
}

/**
 * Writes the id unless this Redis has one, and returns the one that it has. A Redis that lost its memory lost
 * its id too, so a missing one is claimed. Rejects `unavailable`.
 */
export const claimRedisId = async (redis: RedisClient, deploymentId: string): Promise<string> => {
  await redis.command('SET', deploymentKey, deploymentId, 'NX')
  return (await readRedisId(redis)) ?? deploymentId
}

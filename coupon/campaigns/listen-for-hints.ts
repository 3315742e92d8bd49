import { backoff } from '../../platform/backoff.ts'
import type { RedisClient } from '../../platform/redis.ts'
import { campaignsChannel } from '../gate/keys.ts'
import { idPattern } from '../grant.ts'
import type { Registry } from './registry.ts'

/** Lets a hint on the channel bring a change of the list sooner than the next poll. A poll finds whatever a hint missed. */
export const listenForHints = async (subscriber: RedisClient, registry: Registry): Promise<void> => {
  const onHint = (id: string): void => {
    if (idPattern.test(id)) registry.refresh(id, 0).catch(() => undefined)
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await subscriber.subscribe(campaignsChannel, onHint)
    } catch {
      await backoff(attempt, 100, 2_000)
    }
  }
}

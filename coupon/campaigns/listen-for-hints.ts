import { backoff } from '../../platform/backoff.ts'
import type { RedisClient } from '../../platform/redis.ts'
import { campaignsChannel } from '../gate/keys.ts'
import { idPattern } from '../grant.ts'
import type { Registry } from './registry.ts'

/** Refreshes a campaign on each hint, before the next poll. The poll finds what a missed hint was about. */
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

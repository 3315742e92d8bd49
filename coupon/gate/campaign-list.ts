import type { RedisClient } from '../../platform/redis.ts'
import { campaignsChannel, listKeys } from './keys.ts'
import { type Lost, parseLost, parseReply } from './reply.ts'
import { listScript, registerScript } from './scripts.ts'

/** Version of a campaign on the list. `retired`: its gate was removed for good. */
export type ListedVersion = number | 'retired'

/** One entry of the list. */
export type ListedCampaign = { id: string; version: ListedVersion }

/** `versions` by campaign id, `undefined` when this server has no complete list. `nowMs` is Redis time. */
export type CampaignList = { nowMs: number; versions: Map<string, ListedVersion> | undefined }

/** Reads all live campaigns or, of the given ids, those that are live or retired. Rejects `unavailable`. */
export const readCampaignList = async (redis: RedisClient, ids: readonly string[]): Promise<CampaignList> => {
  const reply = parseReply('list', await redis.run(listScript, listKeys, ids))
  const nowMs = reply.number(1)
  if (reply.code !== 'OK') return { nowMs, versions: undefined }
  const versions = new Map<string, ListedVersion>()
  const flat = reply.rest(2)
  for (let at = 0; at < flat.length; at += 2) {
    const version = flat[at + 1]
    versions.set(String(flat[at]), version === 'retired' ? 'retired' : Number(version))
  }
  return { nowMs, versions }
}

/**
 * Writes campaigns to the list as live or retired, and publishes a hint for each live one. `lost`: this
 * server has no complete list and `scope` is not `all`. Rejects `unavailable`: it may have been carried out.
 */
export const registerCampaigns = async (
  redis: RedisClient,
  scope: 'some' | 'all',
  campaigns: readonly ListedCampaign[],
): Promise<{ kind: 'registered' } | Lost> => {
  const args = campaigns.flatMap(({ id, version }) => [id, version])
  const reply = parseReply('register', await redis.run(registerScript, listKeys, [scope, ...args]))
  if (reply.code !== 'OK') return parseLost('register', reply)
  for (const { id, version } of campaigns)
    if (version !== 'retired') await redis.command('PUBLISH', campaignsChannel, id)
  return { kind: 'registered' }
}

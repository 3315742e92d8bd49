import type { RedisClient } from '../../platform/redis.ts'
import { listKeys } from './keys.ts'
import { parseReply } from './reply.ts'
import { listScript } from './scripts.ts'

/** The version of a campaign on the list. `retired`: its gate is gone for good. */
export type ListedVersion = number | 'retired'

/** What the list says: `versions` by id, `undefined` when this server has no whole list. `nowMs` is the gate's time. */
export type CampaignList = { nowMs: number; versions: Map<string, ListedVersion> | undefined }

/** Reads the list of live campaigns; of these ids, when some are given, also which are retired. Rejects `unavailable`. */
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

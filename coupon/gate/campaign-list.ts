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

const versionsIn = (flat: readonly unknown[]): Map<string, ListedVersion> => {
  const versions = new Map<string, ListedVersion>()
  for (let at = 0; at < flat.length; at += 2) {
    const version = flat[at + 1]
    versions.set(String(flat[at]), version === 'retired' ? 'retired' : Number(version))
  }
  return versions
}

/** Of the given ids, those that are live or retired. Rejects `unavailable`. */
export const lookUpCampaigns = async (redis: RedisClient, ids: readonly string[]): Promise<CampaignList> => {
  const reply = parseReply('list', await redis.run(listScript, listKeys, ['', ...ids]))
  return {
    nowMs: reply.number(1),
    versions: reply.code === 'OK' ? versionsIn(reply.rest(3)) : undefined,
  }
}

/** All live campaigns. A list that has not changed is not read again: reading 10,000 takes milliseconds. */
export type CampaignListReader = {
  /** `versions` is the same object as before when the list has not changed. Rejects `unavailable`. */
  read(): Promise<CampaignList>
}

/** Every so many reads the list is read whatever its revision is: it may have been edited by hand. */
const readsToWhole = 20

export const createCampaignListReader = (redis: RedisClient): CampaignListReader => {
  let revision = ''
  let versions = new Map<string, ListedVersion>()
  let reads = 0
  return {
    async read() {
      reads += 1
      const known = reads % readsToWhole === 0 ? '' : revision
      const reply = parseReply('list', await redis.run(listScript, listKeys, [known]))
      const nowMs = reply.number(1)
      if (reply.code === 'LOST') return { nowMs, versions: undefined }
      if (reply.code === 'OK') {
        revision = reply.text(2)
        versions = versionsIn(reply.rest(3))
      }
      return { nowMs, versions }
    },
  }
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

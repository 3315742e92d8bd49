import { createExpiringSet } from '../../platform/expiring-set.ts'
import { messageOf } from '../../platform/failure.ts'
import { createBound, createGroupCommit } from '../../platform/group-commit.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { RedisClient } from '../../platform/redis.ts'
import { type ListedVersion, readCampaignList } from '../gate/campaign-list.ts'
import type { Gate, GateView } from '../gate/gate.ts'
import { idPattern } from '../grant.ts'

/** A live campaign as this process knows it; `view` was read at `readAtMs` of this process' monotonic clock. */
export type LiveCampaign = { id: string; version: number; view: GateView; readAtMs: number }

/**
 * `retired`: it closed long ago and its gate is gone for good. `recovering`: the list, or the gate, is lost and nobody may say that
 * there is no such campaign.
 */
export type FoundCampaign =
  | { kind: 'live'; campaign: LiveCampaign }
  | { kind: 'retired' }
  | { kind: 'unknown' }
  | { kind: 'recovering'; progress?: string }

/** The live campaigns, kept in memory and polled from `fc:campaigns`. No unknown id causes a key or a database query. */
export type Registry = {
  /** Reads the list once and goes on polling; a fault is only logged, the next poll tries again. */
  start(): Promise<void>
  stop(): void
  /** Memory first; an id that is not there is asked for once, together with all others. Rejects `unavailable`. */
  find(campaignId: string): Promise<FoundCampaign>
  /** What memory holds, without asking. */
  known(campaignId: string): LiveCampaign | undefined
  /** Reads the gate again when what is known, or that nothing is, is older than `ageMaxMs`. Never goes back to a lower epoch. */
  refresh(campaignId: string, ageMaxMs: number): Promise<FoundCampaign>
  live(): LiveCampaign[]
  /**
   * Reads the list as it is now, together with all others who ask; false when the list, or a campaign on it, cannot be read. Never
   * rejects. Whoever says "that is all" has to ask first: a campaign may be younger than the last poll.
   */
  refreshList(): Promise<boolean>
  /** The gate's clock (Redis TIME), estimated between polls; this process' own until one was read. */
  gateNowMs(): number
}

export type RegistryOptions = {
  redis: RedisClient
  gate: Gate
  log: Logger
  intervalMs: number
  /** This process' monotonic clock, milliseconds. */
  monotonicMs(): number
  now(): number
}

/** How long, and for how many, it is remembered that an id is not live. */
const missMemoryMs = 1_000
const missesMax = 10_000
const askedTogetherMax = 500

export const createRegistry = (options: RegistryOptions): Registry => {
  const { redis, gate, log, monotonicMs } = options
  const campaigns = new Map<string, LiveCampaign>()
  const misses = {
    unknown: createExpiringSet({ lifetimeMs: missMemoryMs, sizeMax: missesMax, monotonicMs }),
    retired: createExpiringSet({ lifetimeMs: missMemoryMs, sizeMax: missesMax, monotonicMs }),
  }
  const loading = new Map<string, Promise<FoundCampaign>>()
  let whole = false
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let clockOffsetMs: number | undefined

  const noteClock = (nowMs: number, askedAtMs: number): void => {
    clockOffsetMs = nowMs - (askedAtMs + monotonicMs()) / 2
  }

  const list = async (ids: readonly string[]): Promise<Map<string, ListedVersion> | undefined> => {
    const askedAtMs = monotonicMs()
    const { nowMs, versions } = await readCampaignList(redis, ids)
    noteClock(nowMs, askedAtMs)
    return versions
  }

  const read = async (id: string): Promise<FoundCampaign> => {
    const readAtMs = monotonicMs()
    const view = await gate.view(id, campaigns.get(id)?.view.epoch)
    const before = campaigns.get(id)
    const { progress } = view
    // safeguard: an epoch below one that was seen is not trusted
    // safeguard: no grant in an epoch below one that was seen / registry
    if (view.epoch === undefined || (before !== undefined && view.epoch < before.view.epoch))
      return before === undefined
        ? { kind: 'recovering', progress }
        : { kind: 'live', campaign: { ...before, view: { ...before.view, armed: false, progress } } }
    const campaign = { id, version: view.version, view, readAtMs }
    campaigns.set(id, campaign)
    return { kind: 'live', campaign }
  }

  const load = (id: string): Promise<FoundCampaign> => {
    const underWay = loading.get(id)
    if (underWay !== undefined) return underWay
    const started = read(id).finally(() => loading.delete(id))
    loading.set(id, started)
    return started
  }

  /** Reads the list and whatever of it changed; with `scheduled`, also every campaign that has not opened. */
  const poll = async (scheduled: boolean): Promise<void> => {
    const before = new Set(campaigns.keys())
    const versions = await list([])
    // safeguard: a lost list removes no campaign
    if (versions === undefined) {
      whole = false
      return
    }
    for (const id of before) if (!versions.has(id)) campaigns.delete(id)
    const nowMs = monotonicMs() + (clockOffsetMs ?? 0)
    const changed = [...versions].filter(([id, version]) => {
      const campaign = campaigns.get(id)
      // "Not open yet" is answered from memory: that memory is kept fresh.
      return campaign?.version !== version || (scheduled && nowMs < campaign.view.document.opensAtMs)
    })
    for (let at = 0; at < changed.length; at += 100)
      // One gate that cannot be read keeps no other from being known.
      await Promise.allSettled(changed.slice(at, at + 100).map(([id]) => load(id)))
    // A campaign that is listed and has nothing to read may hold somebody's coupon.
    // safeguard: an unreadable campaign makes the list incomplete
    whole = [...versions.keys()].every((id) => campaigns.has(id))
  }

  const pollForEver = async (): Promise<void> => {
    try {
      await poll(true)
    } catch (cause) {
      whole = false
      log.debug({ cause: messageOf(cause) }, 'the list of campaigns could not be read')
    }
    if (!stopped) timer = setTimeout(() => void pollForEver(), options.intervalMs)
  }

  const asked = createGroupCommit<string, 'live' | 'retired' | 'unknown' | 'recovering'>({
    batchSizeMax: askedTogetherMax,
    inFlightMax: 1,
    bound: createBound(missesMax),
    run: async (ids) => {
      const versions = await list([...new Set(ids)])
      if (versions === undefined) return ids.map(() => 'recovering')
      return ids.map((id) => {
        const version = versions.get(id)
        return version === undefined ? 'unknown' : version === 'retired' ? 'retired' : 'live'
      })
    },
  })

  const current = createGroupCommit<undefined, undefined>({
    batchSizeMax: missesMax,
    inFlightMax: 1,
    bound: createBound(missesMax),
    run: async (askers) => {
      await poll(false)
      return askers
    },
  })

  const find: Registry['find'] = async (id) => {
    const campaign = campaigns.get(id)
    if (campaign !== undefined) return { kind: 'live', campaign }
    if (!idPattern.test(id)) return { kind: 'unknown' }
    if (misses.unknown.has(id)) return { kind: 'unknown' }
    if (misses.retired.has(id)) return { kind: 'retired' }
    const kind = await asked.submit(id)
    if (kind === 'live') return load(id)
    if (kind !== 'recovering') misses[kind].add(id)
    return { kind }
  }

  return {
    find,
    known: (id) => campaigns.get(id),
    async refresh(id, ageMaxMs) {
      const campaign = campaigns.get(id)
      if (campaign === undefined) {
        if (ageMaxMs < missMemoryMs) misses.unknown.delete(id)
        return find(id)
      }
      return monotonicMs() - campaign.readAtMs <= ageMaxMs ? { kind: 'live', campaign } : load(id)
    },
    live: () => [...campaigns.values()],
    async refreshList() {
      try {
        await current.submit(undefined)
        return whole
      } catch (cause) {
        log.debug({ cause: messageOf(cause) }, 'the list of campaigns could not be read')
        return false
      }
    },
    gateNowMs: () =>
      clockOffsetMs === undefined ? options.now() : Math.round(monotonicMs() + clockOffsetMs),
    start: pollForEver,
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

import { backoff } from '../platform/backoff.ts'
import { messageOf } from '../platform/failure.ts'
import { createBound, createGroupCommit } from '../platform/group-commit.ts'
import type { Log } from '../platform/log.ts'
import type { RedisClient } from '../platform/redis.ts'
import type { Gate, GateView } from './gate/gate.ts'
import { campaignsChannel, campaignsKey } from './gate/keys.ts'
import { parseReply } from './gate/reply.ts'
import { listScript } from './gate/scripts.ts'
import { idPattern } from './grant.ts'

/** A live campaign as this process knows it; `view` was read at `readAtMs` of this process' monotonic clock. */
export type LiveCampaign = { id: string; version: number; view: GateView; readAtMs: number }

/** `recovering`: the list, or the gate, is lost and nobody may say that there is no such campaign. */
export type Found = { kind: 'live'; campaign: LiveCampaign } | { kind: 'unknown' } | { kind: 'recovering' }

/** The live campaigns, kept in memory and polled from `fc:campaigns`. No unknown id causes a key or a database query. */
export type Registry = {
  /** Reads the list once and goes on polling; a fault is only logged, the next poll tries again. */
  start(): Promise<void>
  stop(): void
  /** Memory first; an id that is not there is asked for once, together with all others. Rejects `unavailable`. */
  find(campaignId: string): Promise<Found>
  /** What memory holds, without asking. */
  known(campaignId: string): LiveCampaign | undefined
  /** Reads the gate again when what is known, or that nothing is, is older than `ageMaxMs`. Never goes back to a lower epoch. */
  refresh(campaignId: string, ageMaxMs: number): Promise<Found>
  live(): LiveCampaign[]
  /** False while the list of live campaigns, or one of those on it, cannot be read. */
  whole(): boolean
  /** The gate's clock (Redis TIME), estimated between polls; this process' own until one was read. */
  gateNowMs(): number
}

export type RegistryOptions = {
  redis: RedisClient
  gate: Gate
  log: Log
  intervalMs: number
  /** This process' monotonic clock, milliseconds. */
  monotonicMs(): number
  now(): number
}

const missMemoryMs = 1_000
const missesMax = 10_000
const askedTogetherMax = 500

export const createRegistry = (options: RegistryOptions): Registry => {
  const { redis, gate, log, monotonicMs } = options
  const campaigns = new Map<string, LiveCampaign>()
  const misses = new Map<string, number>()
  const loading = new Map<string, Promise<Found>>()
  let whole = false
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let clockOffsetMs: number | undefined

  const noteClock = (nowMs: number, askedAtMs: number): void => {
    clockOffsetMs = nowMs - (askedAtMs + monotonicMs()) / 2
  }

  const list = async (ids: readonly string[]): Promise<Map<string, number> | undefined> => {
    const askedAtMs = monotonicMs()
    const reply = parseReply('list', await redis.run(listScript, [campaignsKey], ids))
    noteClock(reply.number(1), askedAtMs)
    if (reply.code !== 'OK') return undefined
    const versions = new Map<string, number>()
    const flat = reply.rest(2)
    for (let at = 0; at < flat.length; at += 2) versions.set(String(flat[at]), Number(flat[at + 1]))
    return versions
  }

  const read = async (id: string): Promise<Found> => {
    const readAtMs = monotonicMs()
    const view = await gate.view(id)
    const before = campaigns.get(id)
    if (view === undefined || (before !== undefined && view.epoch < before.view.epoch))
      return before === undefined
        ? { kind: 'recovering' }
        : { kind: 'live', campaign: { ...before, view: { ...before.view, armed: false } } }
    const campaign = { id, version: view.version, view, readAtMs }
    campaigns.set(id, campaign)
    return { kind: 'live', campaign }
  }

  const load = (id: string): Promise<Found> => {
    const underWay = loading.get(id)
    if (underWay !== undefined) return underWay
    const started = read(id).finally(() => loading.delete(id))
    loading.set(id, started)
    return started
  }

  const poll = async (): Promise<void> => {
    const before = new Set(campaigns.keys())
    const versions = await list([])
    if (versions === undefined) {
      whole = false
      return
    }
    for (const id of before) if (!versions.has(id)) campaigns.delete(id)
    const nowMs = monotonicMs() + (clockOffsetMs ?? 0)
    const changed = [...versions].filter(([id, version]) => {
      const campaign = campaigns.get(id)
      // "Not open yet" is answered from memory: that memory is kept fresh.
      return campaign?.version !== version || nowMs < campaign.view.document.opensAtMs
    })
    for (let at = 0; at < changed.length; at += 100)
      // One gate that cannot be read keeps no other from being known.
      await Promise.allSettled(changed.slice(at, at + 100).map(([id]) => load(id)))
    // A campaign that is listed and has nothing to read may hold somebody's coupon.
    whole = [...versions.keys()].every((id) => campaigns.has(id))
  }

  const pollForEver = async (): Promise<void> => {
    try {
      await poll()
    } catch (cause) {
      whole = false
      log.debug({ cause: messageOf(cause) }, 'the list of campaigns could not be read')
    }
    if (!stopped) timer = setTimeout(() => void pollForEver(), options.intervalMs)
  }

  const asked = createGroupCommit<string, boolean | undefined>({
    batchSizeMax: askedTogetherMax,
    inFlightMax: 1,
    bound: createBound(missesMax),
    run: async (ids) => {
      const versions = await list([...new Set(ids)])
      return ids.map((id) => versions?.has(id))
    },
  })

  const rememberMiss = (id: string): void => {
    const [oldest] = misses.keys()
    if (misses.size >= missesMax && oldest !== undefined) misses.delete(oldest)
    misses.set(id, monotonicMs() + missMemoryMs)
  }

  const find: Registry['find'] = async (id) => {
    const campaign = campaigns.get(id)
    if (campaign !== undefined) return { kind: 'live', campaign }
    if (!idPattern.test(id)) return { kind: 'unknown' }
    if ((misses.get(id) ?? 0) > monotonicMs()) return { kind: 'unknown' }
    const listed = await asked.submit(id)
    if (listed === undefined) return { kind: 'recovering' }
    if (listed) return load(id)
    rememberMiss(id)
    return { kind: 'unknown' }
  }

  return {
    find,
    known: (id) => campaigns.get(id),
    async refresh(id, ageMaxMs) {
      const campaign = campaigns.get(id)
      if (campaign === undefined) {
        if (ageMaxMs < missMemoryMs) misses.delete(id)
        return find(id)
      }
      return monotonicMs() - campaign.readAtMs <= ageMaxMs ? { kind: 'live', campaign } : load(id)
    },
    live: () => [...campaigns.values()],
    whole: () => whole,
    gateNowMs: () =>
      clockOffsetMs === undefined ? options.now() : Math.round(monotonicMs() + clockOffsetMs),
    start: pollForEver,
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

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

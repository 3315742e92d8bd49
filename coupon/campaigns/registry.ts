import { eachAtMost } from '../../platform/each-at-most.ts'
import { messageOf } from '../../platform/failure.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { RedisClient } from '../../platform/redis.ts'
import {
  type CampaignList,
  createCampaignListReader,
  type ListedVersion,
  lookUpCampaigns,
} from '../gate/campaign-list.ts'
import type { Gate, GateView } from '../gate/gate.ts'
import { idPattern } from '../grant.ts'
import { createListLookup } from './list-lookup.ts'

/**
 * A live campaign in the memory of this process. `readAtMs`: when `view` was read, on the monotonic clock.
 */
export type LiveCampaign = { id: string; version: number; view: GateView; readAtMs: number }

/**
 * `retired`: it closed long ago and its gate was removed for good. `recovering`: the list or the gate is
 * lost, so the campaign may exist.
 */
export type FoundCampaign =
  | { kind: 'live'; campaign: LiveCampaign }
  | { kind: 'retired' }
  | { kind: 'unknown' }
  | { kind: 'recovering'; progress?: string }

/**
 * Live campaigns in memory, polled from `fc:campaigns`. An unknown id causes no key and no database query.
 */
export type Registry = {
  /** Reads the list once and then polls. A fault is only logged: the next poll tries again. */
  start(): Promise<void>
  stop(): void
  /** From memory, else from the list in one read with other lookups. Rejects `unavailable`. */
  find(campaignId: string): Promise<FoundCampaign>
  /** From memory only. */
  known(campaignId: string): LiveCampaign | undefined
  /** Reads the gate of a known campaign again in the next poll. */
  keepFresh(campaignId: string): void
  /** Reads the gate again when memory is older than `ageMaxMs`. Never returns to a lower epoch. */
  refresh(campaignId: string, ageMaxMs: number): Promise<FoundCampaign>
  live(): LiveCampaign[]
  /** Redis TIME, estimated between polls; the clock of this process until the first read. */
  gateNowMs(): number
}

export type RegistryOptions = {
  redis: RedisClient
  gate: Gate
  log: Logger
  intervalMs: number
  /** Monotonic clock of this process, milliseconds. */
  monotonicMs(): number
  now(): number
}

/** Gates that are read side by side. */
const readAtOnceMax = 100

export const createRegistry = (options: RegistryOptions): Registry => {
  const { redis, gate, log, monotonicMs } = options
  const campaigns = new Map<string, LiveCampaign>()
  const loading = new Map<string, Promise<FoundCampaign>>()
  const toKeepFresh = new Set<string>()
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let clockOffsetMs: number | undefined

  const list = createCampaignListReader(redis)
  /** What the last poll read, and the campaigns on it that could not be read. */
  let polled: ReadonlyMap<string, ListedVersion> | undefined
  let unread: readonly string[] = []

  const timed = async (reading: () => Promise<CampaignList>): Promise<CampaignList['versions']> => {
    const askedAtMs = monotonicMs()
    const { nowMs, versions } = await reading()
    clockOffsetMs = nowMs - (askedAtMs + monotonicMs()) / 2
    return versions
  }

  const lookup = createListLookup({
    readList: (ids) => timed(() => lookUpCampaigns(redis, ids)),
    monotonicMs,
  })

  const read = async (id: string): Promise<FoundCampaign> => {
    const readAtMs = monotonicMs()
    const view = await gate.view(id, campaigns.get(id)?.view.epoch)
    const before = campaigns.get(id)
    const { progress } = view
    // safeguard: an epoch below one that was seen is not trusted
    // safeguard: no grant in an epoch below one that was seen / registry
    if (view.epoch === undefined || (before !== undefined && view.epoch < before.view.epoch)) {
      if (before === undefined) return { kind: 'recovering', progress }
      // Memory knows too that it is lost: what is told from memory alone would still call it open.
      const lost = { ...before, view: { ...before.view, armed: false, progress } }
      campaigns.set(id, lost)
      return { kind: 'live', campaign: lost }
    }
    const campaign = { id, version: view.version, view, readAtMs }
    campaigns.set(id, campaign)
    return { kind: 'live', campaign }
  }

  const load = (id: string): Promise<FoundCampaign> => {
    const current = loading.get(id)
    if (current !== undefined) return current
    const started = read(id).finally(() => loading.delete(id))
    loading.set(id, started)
    return started
  }

  /** Campaigns that changed since the last poll, or could not be read by it. Forgets those that left. */
  const changedOn = (versions: ReadonlyMap<string, ListedVersion>, askedAtMs: number): readonly string[] => {
    if (versions === polled) return unread
    polled = versions
    for (const [id, { readAtMs }] of campaigns) {
      if (versions.has(id)) continue
      if (readAtMs < askedAtMs) campaigns.delete(id)
      // It may be younger than the list: compared again by the next poll.
      else polled = undefined
    }
    return [...versions].flatMap(([id, version]) => (campaigns.get(id)?.version === version ? [] : [id]))
  }

  /** Reads the list, and the campaigns that changed. */
  const poll = async (): Promise<void> => {
    const askedAtMs = monotonicMs()
    const versions = await timed(list.read)
    // safeguard: a lost list removes no campaign
    const changed = versions === undefined ? [] : changedOn(versions, askedAtMs)
    const due = new Set([...toKeepFresh, ...changed])
    toKeepFresh.clear()
    // One gate that cannot be read must not hide the others.
    await eachAtMost(readAtOnceMax, due, (id) => load(id).catch(() => undefined))
    if (versions !== undefined)
      unread = changed.filter((id) => campaigns.get(id)?.version !== versions.get(id))
  }

  const pollForever = async (): Promise<void> => {
    try {
      await poll()
    } catch (cause) {
      log.debug({ cause: messageOf(cause) }, 'the list of campaigns could not be read')
    }
    if (!stopped) timer = setTimeout(() => void pollForever(), options.intervalMs)
  }

  const find: Registry['find'] = (id) => {
    const campaign = campaigns.get(id)
    if (campaign !== undefined) return Promise.resolve({ kind: 'live', campaign })
    if (!idPattern.test(id)) return Promise.resolve({ kind: 'unknown' })
    return lookup.find(id).then((kind) => (kind === 'live' ? load(id) : { kind }))
  }

  return {
    find,
    known: (id) => campaigns.get(id),
    keepFresh: (id) => void toKeepFresh.add(id),
    async refresh(id, ageMaxMs) {
      const campaign = campaigns.get(id)
      if (campaign === undefined) {
        lookup.forgetMiss(id, ageMaxMs)
        return find(id)
      }
      return monotonicMs() - campaign.readAtMs <= ageMaxMs ? { kind: 'live', campaign } : load(id)
    },
    live: () => [...campaigns.values()],
    gateNowMs: () =>
      clockOffsetMs === undefined ? options.now() : Math.round(monotonicMs() + clockOffsetMs),
    start: pollForever,
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

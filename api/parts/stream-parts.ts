import type { z } from 'zod'
import type { Registry } from '../../coupon/campaigns/registry.ts'
import { readChangesOfMany } from '../../coupon/ledger/change-settings.ts'
import { createGrantTimes } from '../../coupon/ledger/grant-times.ts'
import { createPositionRepository } from '../../coupon/ledger/positions.ts'
import { createRecordedCounts } from '../../coupon/ledger/recorded-counts.ts'
import type { ProcessParts } from '../../coupon/process/process-parts.ts'
import { createEventHub } from '../../platform/http/event-hub.ts'
import { createEventPlaces } from '../../platform/http/event-places.ts'
import { measureListeners } from '../answer-metrics.ts'
import { createCampaignEvents } from '../events/campaign-events.ts'
import { createConsoleCampaigns } from '../events/console-campaigns.ts'
import { createConsoleFrames } from '../events/console-frames.ts'
import { createSaleEvents } from '../events/sale-events.ts'
import { createWatchedCampaigns } from '../events/watched-campaigns.ts'
import { consolesMax, consoleTopic } from '../routes/admin-events.ts'
import type { apiSettings } from '../settings.ts'

type StreamPartsOptions = {
  settings: z.infer<typeof apiSettings>
  parts: ProcessParts
  registry: Registry
  monotonicMs(): number
}

/** Of the events of one campaign: some 3 % of the time of the process (docs/performance.md). */
const writesPerSecondMax = 2_000

/** Everything that pages and consoles listen to. */
export const createStreamParts = ({ settings, parts, registry, monotonicMs }: StreamPartsOptions) => {
  const { database, metrics, topics, sampler, samples } = parts
  const places = createEventPlaces({
    listenersMax: settings.LISTENERS_MAX,
    listenersOfClientMax: settings.CLIENT_LISTENERS_MAX,
    proxies: settings.TRUSTED_PROXIES,
  })
  const consolePlaces = createEventPlaces({
    ...{ listenersMax: consolesMax, listenersOfClientMax: 0, proxies: settings.TRUSTED_PROXIES },
  })
  const watchedCampaigns = createWatchedCampaigns()
  const consoleFrames = createConsoleFrames({
    campaigns: createConsoleCampaigns(registry, parts.armingParts.gate),
    topics,
    positions: createPositionRepository(database),
    counts: createRecordedCounts(database),
    ...{ watched: watchedCampaigns, sampler, samples },
    saleEvents: createSaleEvents({
      times: createGrantTimes(database),
      readChanges: (ids, limit) => readChangesOfMany(database, ids, limit),
    }),
    watching: consolePlaces.taken,
    gateNowMs: registry.gateNowMs,
    monotonicMs,
  })
  const readCampaign = createCampaignEvents(registry, monotonicMs)
  const hub = createEventHub({
    read: (topic) =>
      topic === consoleTopic ? { event: consoleFrames.latest(), isLast: false } : readCampaign(topic),
    ...{ writesPerSecondMax, random: Math.random },
    onMissed: measureListeners(metrics, places.taken),
  })
  return { hub, places, consolePlaces, consoleFrames, watchedCampaigns }
}

import type { ProcessSamples } from '../../coupon/gate/process-samples.ts'
import type { PositionRepository } from '../../coupon/ledger/positions.ts'
import type { RecordedCounts } from '../../coupon/ledger/recorded-counts.ts'
import { deadLettersTopic, grantsTopic } from '../../coupon/log/topics.ts'
import type { ProcessSampler } from '../../coupon/process/process-sampler.ts'
import type { StreamEvent } from '../../platform/http/event-frame.ts'
import type { TopicAdmin } from '../../platform/kafka/topic-admin.ts'
import { withTimeout } from '../../platform/with-timeout.ts'
import { formatTime } from '../contract/answers.ts'
import { holdsBalance } from './balance.ts'
import type { createConsoleCampaigns } from './console-campaigns.ts'
import { readConsoleProcesses } from './console-processes.ts'
import { createLagWindow } from './lag-state.ts'
import { createLogLagEstimate } from './log-lag.ts'
import type { SaleEvents } from './sale-events.ts'
import type { WatchedCampaigns } from './watched-campaigns.ts'

/** One frame a second of all that consoles show, made once for all of them, and not at all without any. */
export type ConsoleFrames = {
  /** Makes the next frame when a console watches. Never rejects. */
  step(): Promise<void>
  /** Resolves when there is a frame of the last two seconds. */
  ready(): Promise<void>
  latest(): StreamEvent
}

export type ConsoleFramesOptions = {
  campaigns: ReturnType<typeof createConsoleCampaigns>
  topics: Pick<TopicAdmin, 'offsets'>
  positions: Pick<PositionRepository, 'read'>
  counts: RecordedCounts
  watched: Pick<WatchedCampaigns, 'shown' | 'others'>
  sampler: Pick<ProcessSampler, 'read'>
  samples: Pick<ProcessSamples, 'read'>
  saleEvents: SaleEvents
  /** How many consoles watch. */
  watching(): number
  gateNowMs(): number
  monotonicMs(): number
}

/** A server that does not answer makes its figures unknown, and holds up no other. */
const readTimeoutMs = 1_500

const frameMsMax = 2_000

export const createConsoleFrames = (options: ConsoleFramesOptions): ConsoleFrames => {
  const { campaigns, topics, positions, counts, watched, sampler, samples, monotonicMs } = options
  const estimate = createLogLagEstimate()
  const lagWindow = createLagWindow()
  let recordedBefore = new Map<string, number | null>()
  let number = 0
  let madeAtMs = Number.NEGATIVE_INFINITY
  let text = '{}'
  let making: Promise<void> | undefined

  const orNull = <Value>(reading: Promise<Value>, what: string): Promise<Value | null> =>
    withTimeout(reading, readTimeoutMs, what).catch(() => null)

  /** In the order that the balance needs: gates, then the log, then the ledger. */
  const make = async (): Promise<void> => {
    const gatesAtMs = monotonicMs()
    const watchedIds = watched.shown()
    const stored = orNull(samples.read(), 'the samples of processes were not read')
    const shown = await campaigns.read(watchedIds)
    const { processes, others, isWorkerSeen } = await readConsoleProcesses(sampler, stored, options.gateNowMs)
    const logAtMs = monotonicMs()
    const [log, dead] = await Promise.all([
      orNull(topics.offsets(grantsTopic), 'the ends of the log were not read'),
      orNull(topics.offsets(deadLettersTopic), 'the dead letters were not counted'),
    ])
    const ledgerAtMs = monotonicMs()
    const reached = await orNull(positions.read([]), 'the positions were not read')
    const ids = shown.campaigns.map(({ id }) => id)
    const rows = reached && (await orNull(counts.read(ids), 'the rows were not counted'))
    const counted = shown.campaigns.map((one) => ({ ...one, recorded: rows?.get(one.id) ?? null }))
    const events = rows && (await orNull(options.saleEvents.read(counted), 'the events were not read'))
    const nowMs = monotonicMs()
    const ends = log && new Map(log.map(({ partition, end }) => [partition, end]))
    const lag = ends && reached && estimate.add(ends, reached, nowMs)
    const lagState = ends && reached && lagWindow.add({ ends, positions: reached, isWorkerSeen }, nowMs)
    const items = counted.map((campaign) => {
      const before = recordedBefore.get(campaign.id) ?? null
      const holds = holdsBalance(campaign, before, lag?.records ?? null)
      const { stock, recorded } = campaign
      return {
        ...campaign,
        holds,
        oversold: stock === null || recorded === null ? null : Math.max(0, recorded - stock),
      }
    })
    recordedBefore = new Map(items.map(({ id, recorded }) => [id, recorded]))
    const oldest = items.map(({ outboxOldestMs }) => outboxOldestMs ?? 0)
    number += 1
    text = JSON.stringify({
      serverTime: formatTime(options.gateNowMs()),
      ageMs: {
        gates: Math.round(nowMs - gatesAtMs),
        log: log && Math.round(nowMs - logAtMs),
        ledger: rows && Math.round(nowMs - ledgerAtMs),
      },
      campaigns: items,
      otherCampaigns: shown.others,
      watched: watchedIds,
      otherWatched: watched.others(),
      events,
      lag: lag && { records: lag.records, ms: Math.round(lag.ms), state: lagState },
      oldestUnrecordedMs: lag && Math.round(Math.max(lag.ms, ...oldest)),
      deadLetters: dead && dead.reduce((sum, { first, end }) => sum + end - first, 0),
      processId: processes[0]?.id,
      processes: processes.map(({ atMs, ...sample }) => ({ ...sample, sampledAt: formatTime(atMs) })),
      otherProcesses: others,
    })
    madeAtMs = monotonicMs()
  }
  /** One at a time, for all who ask. */
  const makeOnce = (): Promise<void> =>
    (making ??= make().finally(() => {
      making = undefined
    }))

  return {
    step: async () => (options.watching() === 0 ? undefined : makeOnce()),
    ready: async () => (monotonicMs() - madeAtMs < frameMsMax ? undefined : makeOnce()),
    latest: () => ({ id: String(number), event: 'console', state: '', data: () => text }),
  }
}

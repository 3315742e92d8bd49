import { setTimeout as wait } from 'node:timers/promises'
import type { PositionRepository } from '../../coupon/ledger/positions.ts'
import type { TopicAdmin } from '../../platform/kafka/topic-admin.ts'

/** How far the ledger is behind the log: what tells a row that is late from one that is lost. */
export type DrainLag = {
  /** Remembers where the log ends now. The function says whether the ledger is past that by now; undefined when nobody can tell. */
  mark(): Promise<() => Promise<boolean | undefined>>
  close(): Promise<void>
}

/** The lag as the log's ends and the ledger's positions tell it. */
export const createDrainLag = (
  topics: TopicAdmin,
  positions: PositionRepository,
  topic: string,
): DrainLag => ({
  async mark() {
    const ends = await topics.offsets(topic)
    return async () => {
      const reached = await positions.read([])
      return ends.every(({ partition, end }) => (reached.get(partition) ?? 0) >= end)
    }
  },
  close: topics.close,
})

/** What is known of the lag without the log's address: nothing. */
export const unknownLag: DrainLag = {
  mark: async () => async () => undefined,
  close: async () => {},
}

const checkIntervalMs = 20

/** Waits until the ledger has all that the log holds now: true then, false after `limitMs`, undefined when nobody can tell. */
export const waitForLag = async (lag: DrainLag, limitMs: number): Promise<boolean | undefined> => {
  const hasPassed = await lag.mark()
  for (let waitedMs = 0; waitedMs < limitMs; waitedMs += checkIntervalMs) {
    const passed = await hasPassed()
    if (passed !== false) return passed
    await wait(checkIntervalMs)
  }
  return false
}

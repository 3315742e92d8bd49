import { setTimeout as wait } from 'node:timers/promises'
import type { PositionRepository } from '../../coupon/ledger/positions.ts'
import type { TopicAdmin } from '../../platform/kafka/topic-admin.ts'

/** Whether the ledger is behind the log: it tells a late row from a lost one. */
export type DrainLag = {
  /**
   * Remembers the ends of the log. The function says whether the ledger has passed them; undefined when
   * unknown.
   */
  mark(): Promise<() => Promise<boolean | undefined>>
  close(): Promise<void>
}

/** Reads the ends of the log and the positions of the ledger. */
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

/** For a run without the addresses of Kafka. */
export const unknownLag: DrainLag = {
  mark: async () => async () => undefined,
  close: async () => {},
}

const checkIntervalMs = 20

/**
 * Waits until the ledger has passed the present ends of the log: true then, false after `limitMs`, undefined
 * when unknown.
 */
export const waitForLag = async (lag: DrainLag, limitMs: number): Promise<boolean | undefined> => {
  const hasPassed = await lag.mark()
  for (let waitedMs = 0; waitedMs < limitMs; waitedMs += checkIntervalMs) {
    const passed = await hasPassed()
    if (passed !== false) return passed
    await wait(checkIntervalMs)
  }
  return false
}

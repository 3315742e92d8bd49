import { setTimeout as wait } from 'node:timers/promises'
import { Failure } from '../../platform/failure.ts'
import type { Producer } from '../../platform/kafka/producer.ts'
import type { PositionRepository } from '../ledger/positions.ts'
import { encodeMarker } from './log-record.ts'
import { grantsTopic } from './topics.ts'

/** Fixes the ends of the log (offsets by partition), and waits until the ledger has reached them. */
export type LogEnds = {
  /**
   * Appends a marker to every partition with acks=all; the end is its offset + 1. An end that is only queried
   * may come from a deposed leader. Rejects `refused` when the ledger is further than this log: it belongs to
   * another one.
   */
  mark(purpose: string): Promise<Map<number, number>>
  /** Waits until the ledger's positions reach the ends. Calls `onWait` with the number of missing offsets. */
  waitForLedger(ends: ReadonlyMap<number, number>, onWait: (missing: number) => void): Promise<void>
  /**
   * The same, for at most `timeoutMs`. Resolves with false when the ledger did not reach the ends in time.
   */
  waitForLedgerWithin(ends: ReadonlyMap<number, number>, timeoutMs: number): Promise<boolean>
}

export type LogEndsOptions = {
  producer: Producer
  positions: PositionRepository
  /** Partitions of the grants topic, as the brokers name them now; rejects while that cannot be known. */
  partitions(): Promise<number>
  /** Throws while the process is shutting down. */
  refuseIfStopping(): void
}

const pollIntervalMs = 50

export const createLogEnds = (options: LogEndsOptions): LogEnds => {
  const countMissing = async (ends: ReadonlyMap<number, number>): Promise<number> => {
    options.refuseIfStopping()
    const positions = await options.positions.read([])
    let missing = 0
    for (const [partition, end] of ends) missing += Math.max(0, end - (positions.get(partition) ?? 0))
    return missing
  }

  return {
    async mark(purpose) {
      const before = await options.positions.read([])
      // safeguard: every partition is marked
      const partitions = Array.from({ length: await options.partitions() }, (_, partition) => partition)
      const record = { value: encodeMarker(purpose) }
      const ends = await Promise.all(
        partitions.map(async (partition): Promise<[number, number]> => {
          return [partition, (await options.producer.append(grantsTopic, partition, [record])) + 1]
        }),
      )
      const marked = new Map(ends)
      for (const [partition, position] of before) {
        const end = marked.get(partition) ?? 0
        // safeguard: an arming marks the log that the ledger recorded
        if (position > 0 && position >= end)
          throw new Failure(
            'refused',
            `the ledger is at ${position} of partition ${partition} of ${grantsTopic}, beyond the end of this ` +
              'log: restore the topic, or the database that belongs to it',
          )
      }
      return marked
    },
    async waitForLedger(ends, onWait) {
      // safeguard: arming waits for the ends
      for (let missing = await countMissing(ends); missing > 0; missing = await countMissing(ends)) {
        onWait(missing)
        await wait(pollIntervalMs)
      }
    },
    async waitForLedgerWithin(ends, timeoutMs) {
      for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += pollIntervalMs) {
        if ((await countMissing(ends)) === 0) return true
        await wait(pollIntervalMs)
      }
      return false
    },
  }
}

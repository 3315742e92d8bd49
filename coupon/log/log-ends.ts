import { setTimeout as wait } from 'node:timers/promises'
import type { Producer } from '../../platform/kafka/producer.ts'
import type { PositionRepository } from '../ledger/positions.ts'
import { encodeMarker } from './log-record.ts'
import { grantsTopic } from './topics.ts'

/** Where the log ends, and waiting until the ledger has got there. */
export type LogEnds = {
  /**
   * Appends a marker with acks=all to every partition: the end is its offset + 1. An end that is merely asked for may come
   * from a deposed leader.
   */
  mark(purpose: string): Promise<Map<number, number>>
  /** Resolves once the ledger's positions have passed the ends; tells how many records are missing while it waits. */
  waitForLedger(ends: ReadonlyMap<number, number>, onWait: (missing: number) => void): Promise<void>
  /** The same for `timeoutMs` at the most; false when the ledger was not there by then. */
  waitForLedgerWithin(ends: ReadonlyMap<number, number>, timeoutMs: number): Promise<boolean>
}

export type LogEndsOptions = {
  producer: Producer
  positions: PositionRepository
  /** Partitions of the grants topic; rejects while that cannot be known. */
  partitions(): Promise<number>
  /** Rejects when the process is going away. */
  refuseIfStopping(): void
}

const askAgainMs = 50

export const createLogEnds = (options: LogEndsOptions): LogEnds => {
  const missingBelow = async (ends: ReadonlyMap<number, number>): Promise<number> => {
    options.refuseIfStopping()
    const positions = await options.positions.read([])
    let missing = 0
    for (const [partition, end] of ends) missing += Math.max(0, end - (positions.get(partition) ?? 0))
    return missing
  }

  return {
    async mark(purpose) {
      const partitions = Array.from({ length: await options.partitions() }, (_, partition) => partition)
      const record = { value: encodeMarker(purpose) }
      const ends = await Promise.all(
        partitions.map(async (partition): Promise<[number, number]> => {
          return [partition, (await options.producer.append(grantsTopic, partition, [record])) + 1]
        }),
      )
      return new Map(ends)
    },
    async waitForLedger(ends, onWait) {
      // safeguard: arming waits for the ends
      for (let missing = await missingBelow(ends); missing > 0; missing = await missingBelow(ends)) {
        onWait(missing)
        await wait(askAgainMs)
      }
    },
    async waitForLedgerWithin(ends, timeoutMs) {
      for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += askAgainMs) {
        if ((await missingBelow(ends)) === 0) return true
        await wait(askAgainMs)
      }
      return false
    },
  }
}

import type { PartitionOffsets } from '../../platform/kafka/topic-admin.ts'
import type { Grant } from '../grant.ts'
import type { LedgerFacts } from '../ledger/facts.ts'
import type { FaultTallies } from './compare/check-tallies.ts'
import type { PlacedRecord } from './compare/source-entries.ts'

/** The facts of the ledger before the gate was read, and after. */
export type LedgerMoments = { before: LedgerFacts; after: LedgerFacts }

/**
 * What places a record: the offsets of the log before the gate was read and after, and the facts of the
 * ledger.
 */
export type LogMoments = {
  before: readonly PartitionOffsets[]
  after: readonly PartitionOffsets[]
  ledger: LedgerMoments
  /** By partition, where the log need not be read any further. */
  until?: ReadonlyMap<number, number> | undefined
}

/**
 * What has to be read of one partition. It begins at the cut of epoch 0: there the log stood when the
 * campaign was first armed. `isWhole` is false when the log no longer has the beginning of it.
 */
export type PartitionRange = { partition: number; from: number; end: number; isWhole: boolean }

/** What to read of each partition. */
export const rangesToRead = ({ after, ledger, until }: LogMoments): PartitionRange[] =>
  after.map(({ partition, first, end }) => {
    const cut = ledger.after.cuts.get(0)?.get(partition) ?? 0
    const endToRead = Math.min(end, until?.get(partition) ?? end)
    return { partition, from: Math.max(first, cut), end: endToRead, isWhole: first <= cut }
  })

/**
 * Places the records of a partition. The cuts are those read last: they know every epoch that a record can be
 * of. As in the ledger, nothing is late in a partition that the cut does not name.
 */
export const recordPlacer = (
  { before, ledger }: LogMoments,
  partition: number,
): ((offset: number, grant: Grant) => PlacedRecord) => {
  const position = ledger.before.positions.get(partition) ?? 0
  const endBefore = before.find((one) => one.partition === partition)?.end ?? 0
  return (offset, grant) => ({
    ...grant,
    isLate:
      grant.epoch < ledger.after.epoch &&
      offset >= (ledger.after.cuts.get(grant.epoch)?.get(partition) ?? Number.POSITIVE_INFINITY),
    isPassed: offset < position,
    isBeforeGate: offset < endBefore,
  })
}

/** Whether the ledger had passed every record that was in the log before the gate was read. */
export const isLedgerComplete = ({ before, ledger }: LogMoments): boolean =>
  before.every(({ partition, end }) => (ledger.before.positions.get(partition) ?? 0) >= end)

/**
 * A position outside the log: records were skipped, or the log went back. The offsets were read after the
 * positions.
 */
export const checkPositions = ({ before, ledger }: LogMoments, tallies: FaultTallies): void => {
  const log = new Map(before.map((one) => [one.partition, one]))
  const { positions } = ledger.before
  for (const partition of new Set([...log.keys(), ...positions.keys()])) {
    const position = positions.get(partition) ?? 0
    const { first, end } = log.get(partition) ?? { first: 0, end: 0 }
    tallies.positionOutsideLog.looked()
    if (position < first || position > end)
      tallies.positionOutsideLog.broken(
        () => `the ledger is at ${position} of partition ${partition}, where the log has ${first} to ${end}`,
      )
  }
}

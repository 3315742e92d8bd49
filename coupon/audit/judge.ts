import type { Logged } from './compare/identity.ts'
import type { FaultTallies } from './compare/tallies.ts'
import type { PartitionOffsets } from '../../platform/kafka/topic-admin.ts'
import type { Grant } from '../grant.ts'
import type { Around } from './gate-checks.ts'

/** What places a record: where the log ended before the gate was read, and where the ledger and its cuts stood. */
export type LogMoments = {
  before: readonly PartitionOffsets[]
  after: readonly PartitionOffsets[]
  ledger: Around
}

/** The part of one partition that has to be read: from where the log stood when the campaign was first armed. */
export type Stretch = { partition: number; from: number; end: number; isWhole: boolean }

/** What to read of each partition. A stretch is not whole when the log no longer has its beginning. */
export const stretchesOf = ({ after, ledger }: LogMoments): Stretch[] =>
  after.map(({ partition, first, end }) => {
    const noted = ledger.after.cuts.get(0)?.get(partition) ?? 0
    return { partition, from: Math.max(first, noted), end, isWhole: first <= noted }
  })

/** A grant of the log as it is to be judged. The cuts are those read last: they know every epoch that a record can be of. */
export const loggedOf = (
  moments: LogMoments,
  partition: number,
): ((offset: number, grant: Grant) => Logged) => {
  const { before, ledger } = moments
  const position = ledger.before.positions.get(partition) ?? 0
  const endBefore = before.find((one) => one.partition === partition)?.end ?? 0
  return (offset, { couponId, campaignId, userId, slot, rank, epoch }) => ({
    ...{ couponId, campaignId, userId, slot, rank, epoch },
    isLate: epoch < ledger.after.epoch && offset >= (ledger.after.cuts.get(epoch)?.get(partition) ?? 0),
    isPassed: offset < position,
    isBeforeGate: offset < endBefore,
  })
}

/** Whether every record that was in the log before the gate was read is a row, if it is to be one. */
export const isLedgerComplete = ({ before, ledger }: LogMoments): boolean =>
  before.every(({ partition, end }) => (ledger.before.positions.get(partition) ?? 0) >= end)

/** Positions outside the log: records were skipped, or the log went back. The log was asked after the positions were read. */
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

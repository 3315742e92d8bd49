import type { GateSurvey, SurveyResult } from '../gate/gate-surveyor.ts'
import type { FaultTallies } from './compare/check-tallies.ts'
import type { ComparedCopies } from './compare/compare-copies.ts'
import type { RankSet } from './compare/rank-set.ts'
import { counterFaults, type GateReading } from './gate-reading.ts'
import type { LedgerMoments } from './log-moments.ts'

type ComparedGate = {
  kind: 'compared'
  before: GateSurvey
  after: GateSurvey
  freeRanks: NonNullable<GateReading['freeRanks']>
}

/**
 * `retired`: the ledger says so, and no gate is expected. `not-compared`: why not, and the fault that this
 * is, if it is one.
 */
export type GateState =
  | ComparedGate
  | { kind: 'retired' }
  | { kind: 'not-compared'; reason: string; broken?: { tally: GateFault; examples: string[] } }

type GateFault = 'counterOff' | 'gateAhead' | 'gateBehind'

const whyNotArmed = (result: Exclude<SurveyResult, { kind: 'armed' }>, epoch: number): string => {
  if (result.kind === 'recovering') return `the gate is ${result.reason}`
  return epoch === 0 ? 'the gate was never armed' : 'the gate is missing'
}

/**
 * Whether a gate can be compared with the other sources. It can when it was armed at the ledger's epoch all
 * the while and its counters match its keys. A gate that is missing, stale or being armed is never a loss. A
 * gate whose counters do not match, or that is open at another epoch than the ledger's, is a fault.
 */
export const gateStateOf = ({ before, after, freeRanks }: GateReading, ledger: LedgerMoments): GateState => {
  const epoch = ledger.before.epoch
  const notCompared = (reason: string): GateState => ({ kind: 'not-compared', reason })
  const broken = (tally: GateFault, reason: string, ...examples: string[]): GateState => ({
    kind: 'not-compared',
    reason,
    broken: { tally, examples },
  })
  if (ledger.after.isRetired) return { kind: 'retired' }
  if (before.kind !== 'armed') return notCompared(whyNotArmed(before, epoch))
  if (after.kind !== 'armed') return notCompared(whyNotArmed(after, epoch))
  if (before.epoch > ledger.after.epoch) {
    const example = `the gate is of epoch ${before.epoch}, the ledger of epoch ${ledger.after.epoch}`
    return broken('gateAhead', 'the gate is of another epoch', example)
  }
  if (before.epoch < epoch) {
    const example = `the gate is open at epoch ${before.epoch}, the ledger is at ${epoch}`
    return broken('gateBehind', 'the gate is of another epoch', example)
  }
  const faults = [before, after].map(counterFaults).find((found) => found.length > 0)
  if (faults !== undefined)
    return broken('counterOff', 'the counters of the gate do not match its keys', ...faults)
  const epochs = [before.epoch, after.epoch, ledger.after.epoch]
  if (freeRanks === undefined || epochs.some((one) => one !== epoch))
    return notCompared('the gate was armed again while it was read')
  return { kind: 'compared', before, after, freeRanks }
}

/** Reports what a gate that is not compared leaves open, and what it breaks. */
export const reportNotCompared = (state: GateState, tallies: FaultTallies): void => {
  if (state.kind !== 'not-compared') return
  const { onlyInGate, onlyInLog, gateBehind, gateAhead, counterOff, rankGap, outboxStuck } = tallies
  for (const tally of [onlyInGate, onlyInLog, gateBehind, gateAhead, counterOff, rankGap, outboxStuck])
    tally.inFlight(() => state.reason)
  const { broken } = state
  for (const example of broken?.examples ?? [])
    if (broken !== undefined) tallies[broken.tally].broken(() => example)
}

/**
 * The count of pending grants can only be checked while nothing moves: both surveys have the same entries.
 */
const checkPendingGrants = (
  { before, after }: ComparedGate,
  pendingGrants: number,
  tallies: FaultTallies,
): void => {
  tallies.counterOff.looked(3)
  tallies.gateAhead.looked()
  if (before.entriesAppended !== after.entriesAppended || before.entriesDeleted !== after.entriesDeleted)
    return
  tallies.counterOff.looked()
  if (pendingGrants !== after.grantsPending)
    tallies.counterOff.broken(
      () => `${after.grantsPending} grants pending, and there are ${pendingGrants} in the outbox`,
    )
}

const checkGap = (rank: number, known: readonly RankSet[], tallies: FaultTallies): void => {
  if (!known.some((ranks) => ranks.has(rank)))
    tallies.rankGap.broken(() => `rank ${rank} is neither granted nor free`)
}

const checkRanksOfRetired = (copies: ComparedCopies, epoch: number, tallies: FaultTallies): void => {
  // A gate returns ranks from its first loss on; which ones were free is not known without it.
  if (epoch > 1) return
  const granted = copies.grantedRanks()
  tallies.rankGap.looked(granted.highest())
  for (const rank of granted.gaps()) checkGap(rank, [], tallies)
}

const checkFreeRanks = (
  { after, freeRanks }: ComparedGate,
  copies: ComparedCopies,
  tallies: FaultTallies,
): void => {
  const { ranks, count, faults } = freeRanks.after
  for (const fault of faults) tallies.rankGap.broken(() => fault)
  if (count === 0) return
  if (ranks.highest() >= after.nextRank)
    tallies.rankGap.broken(() => `rank ${ranks.highest()} is free, and the next is ${after.nextRank}`)
  const winnerRanks = copies.winnerRanks()
  for (let rank = 1; rank < after.nextRank; rank += 1)
    if (ranks.has(rank) && winnerRanks.has(rank))
      tallies.rankGap.broken(() => `rank ${rank} is free, and a winner has it`)
}

/** Checks that every rank below the next is granted or free, and the counters that depend on the outbox. */
export const checkGate = (
  state: GateState,
  copies: ComparedCopies,
  { epoch, pendingGrants }: { epoch: number; pendingGrants: number },
  tallies: FaultTallies,
): void => {
  if (state.kind === 'not-compared') return
  if (state.kind === 'retired') return checkRanksOfRetired(copies, epoch, tallies)
  checkPendingGrants(state, pendingGrants, tallies)
  const { before, freeRanks } = state
  const known = [copies.grantedRanks(), freeRanks.before.ranks]
  tallies.rankGap.looked(before.nextRank - 1)
  for (let rank = 1; rank < before.nextRank; rank += 1) checkGap(rank, known, tallies)
  checkFreeRanks(state, copies, tallies)
}

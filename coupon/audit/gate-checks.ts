import type { Copies } from './compare/copies.ts'
import type { RankSet } from './compare/ranks.ts'
import type { FaultTallies } from './compare/tallies.ts'
import type { GateSurvey } from '../gate/gate-surveyor.ts'
import { disagreements, type GateReading } from './gate-reading.ts'
import type { LedgerFacts } from '../ledger/facts.ts'

/** `gone`: the ledger calls it retired. Else why a gate is not compared. */
export type GateState =
  | { kind: 'compared'; parts: NonNullable<GateReading['parts']>; before: GateSurvey; after: GateSurvey }
  | { kind: 'gone' }
  | {
      kind: 'not-compared'
      reason: string
      broken?: { tally: 'counterOff' | 'gateAhead' | 'gateBehind'; examples: string[] }
    }

/** How the ledger stood before the gate was read, and after. */
export type Around = { before: LedgerFacts; after: LedgerFacts }

/**
 * Says whether a gate can be held against the other books. It can when it was armed at the ledger's epoch all the while and its parts
 * agree. A gate that is missing, stale or being armed is one that is being brought back, and never a loss; a gate whose parts
 * disagree, or that is open at another epoch than the ledger's, is a fault of its own.
 */
export const judgeGate = ({ before, after, parts }: GateReading, ledger: Around): GateState => {
  const epoch = ledger.before.epoch
  if (ledger.after.isRetired) return { kind: 'gone' }
  const [reason] = [before, after].flatMap((one) => {
    if (one.kind === 'missing') return [epoch === 0 ? 'the gate was never armed' : 'the gate is missing']
    return one.kind === 'recovering' ? [`the gate is ${one.reason}`] : []
  })
  if (before.kind !== 'armed' || after.kind !== 'armed' || reason !== undefined)
    return { kind: 'not-compared', reason: reason ?? 'the gate is missing' }
  if (before.epoch > ledger.after.epoch)
    return {
      kind: 'not-compared',
      reason: 'the gate is of another epoch',
      broken: {
        tally: 'gateAhead',
        examples: [`the gate is of epoch ${before.epoch}, the ledger of epoch ${ledger.after.epoch}`],
      },
    }
  if (before.epoch < epoch)
    return {
      kind: 'not-compared',
      reason: 'the gate is of another epoch',
      broken: {
        tally: 'gateBehind',
        examples: [`the gate is open at epoch ${before.epoch}, the ledger is at ${epoch}`],
      },
    }
  const examples = disagreements(before).length > 0 ? disagreements(before) : disagreements(after)
  if (examples.length > 0)
    return {
      kind: 'not-compared',
      reason: 'the parts of the gate disagree',
      broken: { tally: 'counterOff', examples },
    }
  if (parts === undefined || before.epoch !== epoch || after.epoch !== epoch || ledger.after.epoch !== epoch)
    return { kind: 'not-compared', reason: 'the gate was armed again while it was read' }
  return { kind: 'compared', parts, before, after }
}

/** What a gate that cannot be compared leaves open, and what it breaks. */
export const noteGate = (state: GateState, tallies: FaultTallies): void => {
  if (state.kind !== 'not-compared') return
  const { onlyInGate, onlyInLog, gateBehind, gateAhead, counterOff, rankGap, outboxStuck } = tallies
  for (const tally of [onlyInGate, onlyInLog, gateBehind, gateAhead, counterOff, rankGap, outboxStuck])
    tally.inFlight(() => state.reason)
  const { broken } = state
  for (const example of broken?.examples ?? [])
    if (broken !== undefined) tallies[broken.tally].broken(() => example)
}

/** Counters that can only be checked while nothing moves: the gate stood still if both looks at it say the same. */
const checkPendingGrants = (state: GateState & { kind: 'compared' }, tallies: FaultTallies): void => {
  const { before, after, parts } = state
  tallies.counterOff.looked(3)
  tallies.gateAhead.looked()
  if (before.entriesAppended !== after.entriesAppended || before.entriesDeleted !== after.entriesDeleted)
    return
  tallies.counterOff.looked()
  const pending = parts.pending.grants()
  if (pending !== after.grantsPending)
    tallies.counterOff.broken(
      () => `${after.grantsPending} grants pending, and there are ${pending} in the outbox`,
    )
}

const checkGap = (rank: number, known: readonly RankSet[], tallies: FaultTallies): void => {
  if (!known.some((ranks) => ranks.has(rank)))
    tallies.rankGap.broken(() => `rank ${rank} is neither granted nor free`)
}

/** Ranks up to the next are granted or free. After `copies.check` has seen everything. */
export const checkRanks = (state: GateState, copies: Copies, epoch: number): void => {
  const { tallies, ranks } = copies
  if (state.kind === 'not-compared') return
  if (state.kind === 'gone') {
    // Nothing returns a rank before the first loss of a gate; after it, who knows which ranks were free.
    if (epoch > 1) return
    tallies.rankGap.looked(ranks.granted.highest())
    for (const rank of ranks.granted.gaps()) checkGap(rank, [], tallies)
    return
  }
  checkPendingGrants(state, tallies)
  const { before, after, parts } = state
  tallies.rankGap.looked(before.nextRank - 1)
  for (let rank = 1; rank < before.nextRank; rank += 1)
    checkGap(rank, [ranks.granted, parts.freeBefore.ranks], tallies)
  const { freeAfter } = parts
  for (const fault of freeAfter.faults) tallies.rankGap.broken(() => fault)
  if (freeAfter.count === 0) return
  if (freeAfter.ranks.highest() >= after.nextRank)
    tallies.rankGap.broken(
      () => `rank ${freeAfter.ranks.highest()} is free, and the next is ${after.nextRank}`,
    )
  for (let rank = 1; rank < after.nextRank; rank += 1)
    if (freeAfter.ranks.has(rank) && ranks.won.has(rank))
      tallies.rankGap.broken(() => `rank ${rank} is free, and a winner has it`)
}

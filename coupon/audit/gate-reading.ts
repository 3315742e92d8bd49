import type { GateSurvey, GateSurveyor, SurveyResult } from '../gate/gate-surveyor.ts'
import { createRankSet, type RankSet } from './compare/rank-set.ts'
import type { SourceTables } from './compare/source-tables.ts'

/** A free list: its ranks, how many entries it has, and a text for each entry that no free list may hold. */
export type FreeRanks = { ranks: RankSet; count: number; faults: string[] }

/**
 * A gate as it was read: its counters and its free list before its winners and outbox were read, and after.
 * `freeRanks` is left out when the gate was not read because it cannot be compared.
 */
export type GateReading = {
  before: SurveyResult
  after: SurveyResult
  freeRanks?: { before: FreeRanks; after: FreeRanks }
}

/**
 * Where the counters of a gate contradict the lengths of its keys, one text each. The scripts refuse such a
 * gate.
 */
export const counterFaults = (survey: GateSurvey): string[] => {
  const { granted, nextRank, entriesAppended, entriesDeleted, winners, entries, freeRanks } = survey
  return [
    ...(winners === granted ? [] : [`granted is ${granted}, and there are ${winners} winners`]),
    ...(entries === entriesAppended - entriesDeleted
      ? []
      : [`${entriesAppended} entries appended less ${entriesDeleted} deleted, and there are ${entries}`]),
    ...(freeRanks + granted === nextRank - 1
      ? []
      : [`next rank is ${nextRank}, with ${granted} granted and ${freeRanks} free`]),
  ]
}

const readFreeRanks = async (chunks: AsyncIterable<number[]>): Promise<FreeRanks> => {
  const free: FreeRanks = { ranks: createRankSet(), count: 0, faults: [] }
  for await (const chunk of chunks)
    for (const rank of chunk) {
      free.count += 1
      const added = free.ranks.add(rank)
      if (added === 'seen') free.faults.push(`rank ${rank} is free twice`)
      if (added === 'impossible') free.faults.push(`${rank} is free, and no rank`)
    }
  return free
}

/**
 * Reads winners and outbox of a gate of epoch `epoch` into `sources`, while the gate may go on granting. The
 * order is counters, free ranks, winners, outbox, free ranks, counters. So
 * - every rank that was given out by the first counters is found free or at a winner;
 * - every winner that is found is in the outbox, or the log acknowledged it before this resolves;
 * - a rank that is free at the end belongs to no winner.
 */
export const readGate = async (
  gate: GateSurveyor,
  campaignId: string,
  epoch: number,
  sources: SourceTables,
): Promise<GateReading> => {
  const before = await gate.survey(campaignId)
  if (before.kind !== 'armed' || before.epoch !== epoch || counterFaults(before).length > 0)
    return { before, after: before }
  const freeBefore = await readFreeRanks(gate.freeRanks(campaignId, epoch))
  for await (const winners of gate.winners(campaignId, epoch)) winners.forEach(sources.addWinner)
  for await (const entries of gate.outbox(campaignId, epoch)) entries.forEach(sources.addOutboxEntry)
  const freeAfter = await readFreeRanks(gate.freeRanks(campaignId, epoch))
  const after = await gate.survey(campaignId)
  return { before, after, freeRanks: { before: freeBefore, after: freeAfter } }
}

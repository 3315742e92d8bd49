import { createRankSet, type RankSet } from './compare/ranks.ts'
import type { GateSurveyor, GateSurvey, SurveyResult, GateWinner } from '../gate/gate-surveyor.ts'

/** Which grants wait in the outbox. */
export type Pending = {
  has(number: number): boolean
  entries(): number
  grants(): number
  /** Entries granted before this moment of the gate's clock, the oldest first in `number`. */
  olderThan(grantedAtMs: number): { count: number; number: number | undefined }
}

/** Ranks of a free list, and what no free list may hold. */
export type FreeRanks = { ranks: RankSet; count: number; faults: string[] }

/** A gate as it was found: what it said before and after its keys were read. `parts` is left out when there was no point in reading. */
export type GateReading = {
  before: SurveyResult
  after: SurveyResult
  parts?: { pending: Pending; freeBefore: FreeRanks; freeAfter: FreeRanks }
}

/** What is wrong between what a gate counts and what is in its keys, one text each. The scripts refuse such a gate. */
export const disagreements = (survey: GateSurvey): string[] => {
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

const createPending = () => {
  const numbers: number[] = []
  const counts: number[] = []
  const times: number[] = []
  /** The place of the last entry that is named by this number or one below it. */
  const placeOf = (number: number): number => {
    let [low, high] = [0, numbers.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((numbers[middle] ?? 0) <= number) low = middle + 1
      else high = middle
    }
    return low - 1
  }
  const pending: Pending = {
    has(number) {
      const place = placeOf(number)
      return number > 0 && place >= 0 && number < (numbers[place] ?? 0) + (counts[place] ?? 0)
    },
    entries: () => numbers.length,
    grants: () => counts.reduce((sum, count) => sum + count, 0),
    olderThan(grantedAtMs) {
      const count = times.reduce((sum, time) => sum + (time < grantedAtMs ? 1 : 0), 0)
      return { count, number: numbers[times.findIndex((time) => time < grantedAtMs)] }
    },
  }
  return { pending, numbers, counts, times }
}

const readFree = async (chunks: AsyncIterable<number[]>): Promise<FreeRanks> => {
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
 * Reads a gate of epoch `epoch` while it may go on granting. Counters first, then free ranks, winners, outbox, free ranks again,
 * counters again: so every rank that was given out by the first look is found free or at a winner, every winner that is found is in
 * the outbox or was acknowledged by the log before this resolves, and a rank that is free at the end belongs to no winner.
 */
export const readGate = async (
  book: GateSurveyor,
  campaignId: string,
  epoch: number,
  onWinners: (winners: GateWinner[]) => Promise<void>,
): Promise<GateReading> => {
  const before = await book.survey(campaignId)
  if (before.kind !== 'armed' || before.epoch !== epoch || disagreements(before).length > 0)
    return { before, after: before }
  const freeBefore = await readFree(book.freeRanks(campaignId, epoch))
  for await (const winners of book.winners(campaignId, epoch)) await onWinners(winners)
  const { pending, numbers, counts, times } = createPending()
  for await (const entries of book.outbox(campaignId, epoch))
    for (const { number, count, grantedAtMs } of entries) {
      numbers.push(number)
      counts.push(count)
      times.push(grantedAtMs)
    }
  const freeAfter = await readFree(book.freeRanks(campaignId, epoch))
  return { before, after: await book.survey(campaignId), parts: { pending, freeBefore, freeAfter } }
}

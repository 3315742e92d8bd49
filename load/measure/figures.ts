import type { Answer } from '../people/answer.ts'
import type { WaveMoments } from '../generator/answer-sheet.ts'
import { type LatencySummary, summariseLatencies } from './latency.ts'

/** Answers that came to the same, and how long they took. */
export type OutcomeFigures = { outcome: string; answers: number; latency: LatencySummary | undefined }

/** How much a wave, or the whole run, came to. */
export type CouponCounts = {
  /** Coupons that somebody was told they have. */
  accepted: number
  /** Coupons in the ledger. */
  persisted: number
}

/**
 * What a burst measured. Rates are of one second, times in milliseconds, and all of them are of the wave: everybody's first press, and
 * the ledger filling up behind it. Who follows up on an open answer waits in between as long as was asked, and that is no rate.
 */
export type BurstFigures = CouponCounts & {
  answers: number
  wave: CouponCounts
  answersPerSecond: number
  /** Yes of the wave, from the first press to the last of them. */
  acceptedPerSecond: number
  /** Rows behind the wave, from the first press until the last was seen. */
  persistedPerSecond: number
  /** From the last grant of the wave until its last row was seen. */
  drainMs: number
}

/** How many a second; 0 when no time passed or nothing happened. */
export const rate = (count: number, fromMs: number, toMs: number): number =>
  toMs > fromMs ? (count * 1_000) / (toMs - fromMs) : 0

/** Puts the rates together. `moments` and `lastRowMs` are those of the wave, of one clock. */
export const burstFigures = (
  counts: CouponCounts & { answers: number; wave: CouponCounts },
  moments: WaveMoments,
  lastRowMs: number,
): BurstFigures => {
  const { firstPressMs, lastYesMs, lastGrantMs, lastAnswerMs } = moments
  return {
    ...counts,
    answersPerSecond: rate(counts.answers, firstPressMs, lastAnswerMs),
    acceptedPerSecond: rate(counts.wave.accepted, firstPressMs, lastYesMs),
    persistedPerSecond: rate(counts.wave.persisted, firstPressMs, lastRowMs),
    drainMs: Math.max(0, lastRowMs - lastGrantMs),
  }
}

/** Counts answers by outcome, the most frequent first. An answer without a latency never came. */
export const outcomeFigures = (
  answers: Iterable<{ answer: Answer; latencyMs: number | undefined }>,
): OutcomeFigures[] => {
  const byOutcome = new Map<string, { answers: number; latenciesMs: number[] }>()
  for (const { answer, latencyMs } of answers) {
    const known = byOutcome.get(answer.outcome) ?? { answers: 0, latenciesMs: [] }
    known.answers += 1
    if (latencyMs !== undefined) known.latenciesMs.push(latencyMs)
    byOutcome.set(answer.outcome, known)
  }
  return [...byOutcome]
    .map(([outcome, known]) => ({
      outcome,
      answers: known.answers,
      latency: summariseLatencies(known.latenciesMs),
    }))
    .sort((left, right) => right.answers - left.answers)
}

/** Least, middle and greatest of some figures; the middle of an even number is halfway between two. */
export type Spread = { min: number; median: number; max: number }

/** The spread of at least one figure; zeros of none. */
export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = [...values].sort((left, right) => left - right)
  const at = (index: number): number => sorted[index] ?? 0
  const last = sorted.length - 1
  return {
    min: at(0),
    median: (at(Math.floor(last / 2)) + at(Math.ceil(last / 2))) / 2,
    max: at(Math.max(0, last)),
  }
}

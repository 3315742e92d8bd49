import type { AnswerSheet, WaveMoments } from '../generator/answer-sheet.ts'
import type { Answer } from '../people/answer.ts'
import { type LatencySummary, summariseLatencies } from './latency.ts'

/** Answers with the same outcome, and how long they took. */
export type OutcomeFigures = { outcome: string; answers: number; latency: LatencySummary | undefined }

/** Coupons of a wave, or of the whole run. */
export type CouponCounts = {
  /** Coupons that a shopper was shown. */
  accepted: number
  /** Coupons in the ledger. */
  persisted: number
}

/**
 * What a burst measured; rates are a second. Rates and times are of the wave: each shopper's first press, and
 * the ledger behind it. Later presses count in no rate, because their shoppers wait as long as they were
 * asked to.
 */
export type BurstFigures = CouponCounts & {
  answers: number
  wave: CouponCounts
  answersPerSecond: number
  /** From the first press to the last yes of the wave. */
  acceptedPerSecond: number
  /** From the first press until the last row of the wave was seen. */
  persistedPerSecond: number
  /** From the last grant of the wave until its last row was seen. */
  drainMs: number
}

/** `count` a second; 0 when no time passed. */
export const rate = (count: number, fromMs: number, toMs: number): number =>
  toMs > fromMs ? (count * 1_000) / (toMs - fromMs) : 0

/** Derives the rates. `moments` and `lastRowMs` are of the wave, in one clock. */
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

type MeasuredAnswer = {
  status?: number | undefined
  answer: Pick<Answer, 'outcome'>
  latencyMs: number | undefined
}

/**
 * Counts answers by outcome, the most frequent first. A missing answer has no latency. With a status the
 * outcome begins with it: `201 granted`.
 */
export const outcomeFigures = (answers: Iterable<MeasuredAnswer>): OutcomeFigures[] => {
  const byOutcome = new Map<string, { answers: number; latenciesMs: number[] }>()
  for (const { status, answer, latencyMs } of answers) {
    const outcome = status === undefined ? answer.outcome : `${status} ${answer.outcome}`
    const known = byOutcome.get(outcome) ?? { answers: 0, latenciesMs: [] }
    known.answers += 1
    if (latencyMs !== undefined) known.latenciesMs.push(latencyMs)
    byOutcome.set(outcome, known)
  }
  return [...byOutcome]
    .map(([outcome, known]) => ({
      outcome,
      answers: known.answers,
      latency: summariseLatencies(known.latenciesMs),
    }))
    .sort((left, right) => right.answers - left.answers)
}

/** The least, median and greatest of some figures. */
export type Spread = { min: number; median: number; max: number }

/** The spread of some figures; zeros when there is none. */
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

/** What a scenario measured of all its answers. */
export type AnswerFigures = {
  /** Answers by status and outcome. */
  outcomes: OutcomeFigures[]
  /** From the first request to the last answer. */
  answersPerSecond: number
  /** Connection faults by error code. */
  faults: Record<string, number>
}

/** The figures of a sheet, whose answers are `answers`. */
export const answerFigures = (sheet: AnswerSheet, answers: Iterable<MeasuredAnswer>): AnswerFigures => {
  const { firstPressMs, lastAnswerMs } = sheet.moments()
  return {
    outcomes: outcomeFigures(answers),
    answersPerSecond: rate(sheet.answeredCount(), firstPressMs, lastAnswerMs),
    faults: Object.fromEntries(sheet.faults()),
  }
}

import { createHistogram } from 'node:perf_hooks'
import type { IssueAnswer } from '../issue/issuer.ts'

/** What the presses of a rehearsal were answered. */
export type PressFigures = {
  presses: number
  answers: Readonly<Partial<Record<IssueAnswer['kind'], number>>>
  /** Presses without an answer: overloaded, recovering, or a server that did not answer. */
  failed: number
  /** Winners who pressed again and were not shown the same coupon. */
  contradicted: number
  /** Milliseconds from a press to its answer; 0 without any answer. */
  p50Ms: number
  p99Ms: number
}

export type PressTally = {
  answered(kind: IssueAnswer['kind'], tookMs: number): void
  failed(): void
  contradicted(): void
  figures(): PressFigures
}

const microsecondsMax = 3_600_000_000

/** Counts answers, and how long they took to three digits. */
export const createPressTally = (): PressTally => {
  const answers: Partial<Record<IssueAnswer['kind'], number>> = {}
  const durations = createHistogram({ lowest: 1, highest: microsecondsMax, figures: 3 })
  let [answered, failed, contradicted] = [0, 0, 0]
  const percentileMs = (percent: number): number =>
    durations.count === 0 ? 0 : durations.percentile(percent) / 1_000
  return {
    answered(kind, tookMs) {
      answered += 1
      answers[kind] = (answers[kind] ?? 0) + 1
      durations.record(Math.min(microsecondsMax, Math.max(1, Math.round(tookMs * 1_000))))
    },
    failed: () => void (failed += 1),
    contradicted: () => void (contradicted += 1),
    figures: () => ({
      ...{ presses: answered + failed, answers: { ...answers }, failed, contradicted },
      ...{ p50Ms: percentileMs(50), p99Ms: percentileMs(99) },
    }),
  }
}

/** What one answer said about the gate: it is recovering, or it decides. Times are in one clock. */
export type GateObservation = { gate: 'recovering' | 'deciding'; sentMs: number; answeredMs: number }

/** One period in which shoppers were answered `recovering`. */
export type RecoveringStretch = {
  /** From the first press to the first such answer. */
  fromMs: number
  /** From the first such answer to the last: the least that it lasted. */
  lastedMs: number
  /**
   * From the first such answer to a decision that was requested after the last one; null without such a
   * decision.
   */
  overWithinMs: number | null
  answers: number
}

/** How long the gate was recovering, as seen by shoppers. */
export type RecoveringSummary = {
  stretches: RecoveringStretch[]
  /** The sum over all of them. */
  lastedMs: number
  answers: number
}

/** Longer than Retry-After keeps a shopper waiting (3 s), so that a wait does not look like the end. */
const quietMs = 5_000

type OpenStretch = { firstMs: number; lastMs: number; overMs: number | undefined; answers: number }

/**
 * How long shoppers were answered `recovering`; null when none was. A stretch is over when the gate decided a
 * request sent after the last such answer, and no further one followed for five seconds. A decision on an
 * earlier request proves nothing: the gate may have made it before the loss.
 */
export const summariseRecovering = (
  observations: readonly GateObservation[],
  firstPressMs: number,
): RecoveringSummary | null => {
  if (!observations.some(({ gate }) => gate === 'recovering')) return null
  const stretches: OpenStretch[] = []
  for (const { gate, sentMs, answeredMs } of observations.toSorted(
    (left, right) => left.answeredMs - right.answeredMs,
  )) {
    const open = stretches.at(-1)
    if (gate === 'deciding') {
      if (open !== undefined && sentMs >= open.lastMs) open.overMs ??= answeredMs
    } else if (open === undefined || (open.overMs !== undefined && answeredMs - open.lastMs > quietMs))
      stretches.push({ firstMs: answeredMs, lastMs: answeredMs, overMs: undefined, answers: 1 })
    else {
      open.lastMs = answeredMs
      open.overMs = undefined
      open.answers += 1
    }
  }
  return {
    stretches: stretches.map(({ firstMs, lastMs, overMs, answers }) => ({
      fromMs: firstMs - firstPressMs,
      lastedMs: lastMs - firstMs,
      overWithinMs: overMs === undefined ? null : overMs - firstMs,
      answers,
    })),
    lastedMs: stretches.reduce((sum, { firstMs, lastMs }) => sum + lastMs - firstMs, 0),
    answers: stretches.reduce((sum, { answers }) => sum + answers, 0),
  }
}

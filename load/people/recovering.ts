/** What one answer said of the gate: that it is being brought back, or that it decides. Moments are of one clock. */
export type GateObservation = { gate: 'recovering' | 'deciding'; sentMs: number; answeredMs: number }

/** One time for which shoppers were answered `recovering`. */
export type RecoveringStretch = {
  /** From the first press to the first such answer. */
  fromMs: number
  /** From the first such answer to the last: it lasted at least this long. */
  lastedMs: number
  /** From the first such answer until the gate decided for somebody who asked after the last; null when it never did. */
  overWithinMs: number | null
  answers: number
}

/** How long the gate was being brought back, as shoppers were told. */
export type RecoveringSummary = {
  stretches: RecoveringStretch[]
  /** All of them together. */
  lastedMs: number
  answers: number
}

/** Longer than Retry-After keeps anybody away (3 s): who waits is not to be taken for the end of it. */
const quietMs = 5_000

type OpenStretch = { firstMs: number; lastMs: number; overMs: number | undefined; answers: number }

/**
 * How long shoppers were told `recovering`; null when nobody was. A stretch runs from its first such answer to its last. It is over when
 * the gate then decided for somebody who asked after that last one, and nobody was told `recovering` for five seconds. An answer to an
 * earlier request says nothing: it may have been decided before the loss.
 */
export const summariseRecovering = (heard: readonly GateObservation[], firstPressMs: number): RecoveringSummary | null => {
  if (!heard.some(({ gate }) => gate === 'recovering')) return null
  const stretches: OpenStretch[] = []
  for (const { gate, sentMs, answeredMs } of heard.toSorted(
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

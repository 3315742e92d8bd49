/** Measures the longest time in which somebody waited for an answer and nobody got one. */
export type LongestSilence = {
  /** Somebody asks, or asks again without an answer so far. */
  asks(person: number): void
  /** Somebody got an answer, of any kind. */
  answered(person: number): void
  /** Somebody stops waiting. */
  gaveUp(person: number): void
  /** The longest so far in ms, including one that still lasts. */
  longestMs(): number
}

export const createLongestSilence = (now: () => number): LongestSilence => {
  const waiting = new Set<number>()
  let sinceMs = 0
  let longestMs = 0
  const reached = (): number => Math.max(longestMs, waiting.size === 0 ? 0 : now() - sinceMs)
  const leave = (person: number): void => {
    longestMs = reached()
    waiting.delete(person)
  }
  return {
    asks(person) {
      if (waiting.size === 0) sinceMs = now()
      waiting.add(person)
    },
    answered(person) {
      leave(person)
      sinceMs = now()
    },
    gaveUp: leave,
    longestMs: reached,
  }
}

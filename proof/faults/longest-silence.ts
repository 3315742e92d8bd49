/** The longest stretch in which somebody waited for an answer and nobody got one. */
export type LongestSilence = {
  /** Somebody asks, or asks again without having been answered. */
  asks(person: number): void
  /** Somebody got an answer, whatever it said. */
  answered(person: number): void
  /** Somebody does not wait any longer. */
  gaveUp(person: number): void
  /** The longest so far, the one that goes on included, ms. */
  longestMs(): number
}

/** Nobody waits yet. */
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

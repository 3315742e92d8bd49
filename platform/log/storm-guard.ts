/** A line that was held back, and how many like it. */
export type SuppressedLines = { level: string; message: string; lines: number }

/** Lets a message through some times a second; the rest is counted, and told in one line when the second is over. */
export type StormGuard = {
  /** Whether this line may go out. */
  admits(level: string, message: string): boolean
  /** Tells what was held back so far, and begins a new second. */
  flush(): void
}

export type StormGuardOptions = {
  /** Lines of one level and message a second. */
  linesMax: number
  /** Messages that are told apart in one second; all others count as one. */
  messagesMax: number
  monotonicMs(): number
  /** Something was held back for the first time in this second: somebody has to settle when it is over. */
  onSuppressed(): void
  report(held: SuppressedLines): void
}

type StormCount = SuppressedLines & { admitted: number }

const secondMs = 1_000

export const createStormGuard = (options: StormGuardOptions): StormGuard => {
  const { linesMax, messagesMax, monotonicMs } = options
  let tallies = new Map<string, StormCount>()
  let startedAtMs = monotonicMs()

  const settle = (): void => {
    const over = tallies
    tallies = new Map()
    startedAtMs = monotonicMs()
    for (const { level, message, lines } of over.values())
      if (lines > 0) options.report({ level, message, lines })
  }

  const tallyOf = (level: string, message: string): StormCount => {
    const key = `${level} ${message}`
    const known = tallies.get(key)
    if (known !== undefined) return known
    if (tallies.size >= messagesMax && message !== 'other messages') return tallyOf(level, 'other messages')
    const tally = { level, message, admitted: 0, lines: 0 }
    tallies.set(key, tally)
    return tally
  }

  return {
    flush: settle,
    admits(level, message) {
      if (monotonicMs() - startedAtMs >= secondMs) settle()
      const tally = tallyOf(level, message)
      if (tally.admitted < linesMax) {
        tally.admitted += 1
        return true
      }
      tally.lines += 1
      if (tally.lines === 1) options.onSuppressed()
      return false
    },
  }
}

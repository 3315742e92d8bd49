/** A message of one level, and how many of its lines were suppressed. */
export type SuppressedLines = { level: string; message: string; lines: number }

/** Limits how often the same message is logged in a second, and reports how many lines were suppressed. */
export type StormGuard = {
  /** True when this line may be written. */
  admits(level: string, message: string): boolean
  /** Reports what was suppressed so far and begins a new second. */
  flush(): void
}

export type StormGuardOptions = {
  /** Lines of one level and message a second. */
  linesMax: number
  /** Different messages that are counted on their own in a second; all others count as one. */
  messagesMax: number
  monotonicMs(): number
  /**
   * Called at the first suppressed line of each message in a second: call `flush` when the second is over.
   */
  onSuppressed(): void
  report(suppressed: SuppressedLines): void
}

type StormCount = SuppressedLines & { admitted: number }

const secondMs = 1_000
const otherMessages = 'other messages'

export const createStormGuard = (options: StormGuardOptions): StormGuard => {
  const { linesMax, messagesMax, monotonicMs } = options
  let counts = new Map<string, StormCount>()
  let startedAtMs = monotonicMs()

  const flush = (): void => {
    const finished = counts
    counts = new Map()
    startedAtMs = monotonicMs()
    for (const { level, message, lines } of finished.values())
      if (lines > 0) options.report({ level, message, lines })
  }

  const countOf = (level: string, message: string): StormCount => {
    const key = `${level} ${message}`
    const known = counts.get(key)
    if (known !== undefined) return known
    if (counts.size >= messagesMax && message !== otherMessages) return countOf(level, otherMessages)
    const count = { level, message, admitted: 0, lines: 0 }
    counts.set(key, count)
    return count
  }

  return {
    flush,
    admits(level, message) {
      if (monotonicMs() - startedAtMs >= secondMs) flush()
      const count = countOf(level, message)
      if (count.admitted < linesMax) {
        count.admitted += 1
        return true
      }
      count.lines += 1
      if (count.lines === 1) options.onSuppressed()
      return false
    },
  }
}

/** Shows the steps that are running, while they take more than a second. */
export type ProgressDisplay = {
  /**
   * Runs `work`. After the first second `what` is shown, with the seconds that it has taken. A function is
   * called each time, for a figure that changes.
   */
  readonly step: <Result>(what: string | (() => string), work: () => Promise<Result>) => Promise<Result>
  /** Writes a line that stays. */
  readonly say: (line: string) => void
}

/** Where progress is written: process.stderr, or an object of its shape. */
export type ProgressOutput = {
  readonly isTTY?: boolean
  /** Undefined or 0 when the width is not known. */
  readonly columns?: number
  write(text: string): unknown
}

const shownAfterMs = 1_000
const redrawMs = 200
// Without a terminal a running step is repeated, rarely enough not to fill a log.
const repeatMs = 15_000
const columnsDefault = 80

type Step = { what: string | (() => string); startedAtMs: number; writtenAtMs: number }

const textOf = ({ what }: Step): string => (typeof what === 'string' ? what : what())

const secondsOf = (step: Step, nowMs: number): number => Math.floor((nowMs - step.startedAtMs) / 1_000)

/** On a terminal one line that is rewritten in place; elsewhere plain lines. */
export const createProgressDisplay = (
  output: ProgressOutput,
  now: () => number = Date.now,
): ProgressDisplay => {
  const steps = new Set<Step>()
  let timer: NodeJS.Timeout | undefined
  let isDrawn = false

  const clear = (): void => {
    if (isDrawn) output.write('\r\u001b[K')
    isDrawn = false
  }

  const draw = (nowMs: number): void => {
    const slow = [...steps].filter((step) => nowMs - step.startedAtMs >= shownAfterMs)
    clear()
    if (slow.length === 0) return
    // The seconds come first because the end of a long line is cut off.
    const seconds = Math.max(...slow.map((step) => secondsOf(step, nowMs)))
    const line = `${seconds} s  ${slow.map(textOf).join(' · ')}`
    // A line that wraps cannot be rewritten in place.
    output.write(line.slice(0, (output.columns || columnsDefault) - 1))
    isDrawn = true
  }

  const list = (nowMs: number): void => {
    for (const step of steps) {
      if (nowMs - step.startedAtMs < shownAfterMs) continue
      const isFirst = step.writtenAtMs === 0
      if (!isFirst && nowMs - step.writtenAtMs < repeatMs) continue
      const text = textOf(step)
      output.write(isFirst ? `${text} …\n` : `${text} … ${secondsOf(step, nowMs)} s\n`)
      step.writtenAtMs = nowMs
    }
  }

  const show = (): void => (output.isTTY ? draw(now()) : list(now()))

  return {
    say: (line) => {
      clear()
      output.write(`${line}\n`)
    },
    step: async (what, work) => {
      const step: Step = { what, startedAtMs: now(), writtenAtMs: 0 }
      steps.add(step)
      timer ??= setInterval(show, redrawMs)
      try {
        return await work()
      } finally {
        steps.delete(step)
        if (output.isTTY) draw(now())
        if (steps.size === 0) {
          clearInterval(timer)
          timer = undefined
        }
      }
    },
  }
}

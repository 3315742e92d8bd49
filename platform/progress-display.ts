/** Shows what is being worked on, for as long as it takes more than a moment. */
export type ProgressDisplay = {
  /**
   * Runs `work`; while it runs for more than a second, `what` is shown with the seconds it has taken.
   * A function is asked each time, for a figure that changes.
   */
  readonly step: <Result>(what: string | (() => string), work: () => Promise<Result>) => Promise<Result>
  /** A line of its own, that does not run into the one being rewritten. */
  readonly say: (line: string) => void
}

/** Where progress goes: process.stderr, or anything of its shape. */
export type ProgressOutput = {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const shownAfterMs = 1_000
const redrawMs = 200
// Without a terminal, a line now and then says that it is still alive, without flooding a log.
const repeatMs = 15_000

type Step = { what: string | (() => string); startedAtMs: number; saidAtMs: number }

const textOf = ({ what }: Step): string => (typeof what === 'string' ? what : what())
const secondsOf = (step: Step, nowMs: number): number => Math.floor((nowMs - step.startedAtMs) / 1_000)

/** One line that is rewritten in place on a terminal; plain lines elsewhere. */
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
    // The seconds first: the end of a long line is cut off.
    const seconds = Math.max(...slow.map((step) => secondsOf(step, nowMs)))
    const line = `${seconds} s  ${slow.map(textOf).join(' · ')}`
    // A line that wraps could not be rewritten in place.
    output.write(line.slice(0, (output.columns ?? 80) - 1))
    isDrawn = true
  }

  const list = (nowMs: number): void => {
    for (const step of steps) {
      if (nowMs - step.startedAtMs < shownAfterMs) continue
      if (step.saidAtMs !== 0 && nowMs - step.saidAtMs < repeatMs) continue
      const text = textOf(step)
      output.write(step.saidAtMs === 0 ? `${text} …\n` : `${text} … ${secondsOf(step, nowMs)} s\n`)
      step.saidAtMs = nowMs
    }
  }

  const show = (): void => (output.isTTY ? draw(now()) : list(now()))

  return {
    say: (line) => {
      clear()
      output.write(`${line}\n`)
    },
    step: async (what, work) => {
      const step: Step = { what, startedAtMs: now(), saidAtMs: 0 }
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

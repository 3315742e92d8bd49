/** Shows how far a run is. */
export type Progress = {
  /** A step has begun. */
  step(what: string): void
  /** Runs `work` and shows what `state` says once a second. */
  during<Result>(state: () => string, work: () => Promise<Result>): Promise<Result>
  /** Takes away what is still shown. */
  end(): void
}

/** Where progress goes: `process.stderr`, or anything of its shape. */
export type ProgressOutput = { readonly isTTY?: boolean; write(text: string): unknown }

const redrawMs = 250
// Without a terminal every line stays.
const repeatMs = 2_000

/** One line that is rewritten in place on a terminal; plain lines elsewhere. */
export const createProgress = (output: ProgressOutput): Progress => {
  const show = (line: string): void => {
    output.write(output.isTTY ? `\r\u001b[K${line.slice(0, 79)}` : `${line}\n`)
  }
  return {
    step: show,
    async during(state, work) {
      const timer = setInterval(() => show(state()), output.isTTY ? redrawMs : repeatMs)
      try {
        return await work()
      } finally {
        clearInterval(timer)
      }
    },
    end() {
      if (output.isTTY) output.write('\r\u001b[K')
    },
  }
}

import { setTimeout as wait } from 'node:timers/promises'

// A server that is dead or paused cannot be healed: these retries outlast that.
const triesMax = 40
const pauseMs = 250

/** Repeats a step that fails while other faults strike. Rejects with the last failure of 40 tries. */
export const untilDone = async (work: () => Promise<void>): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (cause) {
      if (tries >= triesMax) throw cause
      await wait(pauseMs)
    }
  }
}

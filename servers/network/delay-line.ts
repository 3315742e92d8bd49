import { Transform } from 'node:stream'

/** A stream whose bytes come out later, in the same order. */
export type DelayLine = Transform

const waitingBytesMax = 4_194_304

/**
 * Keeps each piece for the delay at the time of its arrival. With 0, and no piece waiting, it passes at once.
 */
export const createDelayLine = (delayMs: () => number): DelayLine => {
  const waiting: { piece: Buffer; dueMs: number }[] = []
  let waitingBytes = 0
  let timer: NodeJS.Timeout | undefined
  /** Called when there is room again, and at the end, when no piece is left. */
  let onRoom: (() => void) | undefined
  let onEmpty: (() => void) | undefined

  const pass = (): void => {
    timer = undefined
    const nowMs = performance.now()
    for (let first = waiting[0]; first !== undefined && first.dueMs <= nowMs; first = waiting[0]) {
      waiting.shift()
      waitingBytes -= first.piece.length
      line.push(first.piece)
    }
    if (waitingBytes < waitingBytesMax) {
      const resume = onRoom
      onRoom = undefined
      resume?.()
    }
    if (waiting.length === 0) onEmpty?.()
    else arm()
  }
  const arm = (): void => {
    const [first] = waiting
    if (first !== undefined) timer ??= setTimeout(pass, Math.max(0, first.dueMs - performance.now()))
  }

  const line = new Transform({
    transform(piece: Buffer, _, done) {
      const milliseconds = delayMs()
      if (milliseconds === 0 && waiting.length === 0) return done(null, piece)
      // Never before an earlier piece, even when that one has a longer delay.
      const dueMs = Math.max(performance.now() + milliseconds, waiting.at(-1)?.dueMs ?? 0)
      waiting.push({ piece, dueMs })
      waitingBytes += piece.length
      if (waitingBytes < waitingBytesMax) done()
      else onRoom = done
      arm()
    },
    flush(done) {
      if (waiting.length === 0) done()
      else onEmpty = done
    },
    destroy(error, done) {
      clearTimeout(timer)
      waiting.length = 0
      done(error)
    },
  })
  return line
}

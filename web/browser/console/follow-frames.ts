import type { ConsoleFrame } from '../../../client/contract-types.ts'
import { createEventParser } from './event-parser.ts'

/** How the stream is. `nextMs` is when it is asked for again. */
export type StreamState =
  | { kind: 'connecting' | 'connected' | 'unauthorized' }
  | { kind: 'lost' | 'crowded'; nextMs: number }

export type FollowOptions = {
  token: string
  onFrame(frame: ConsoleFrame): void
  onState(state: StreamState): void
}

/** Frames come once a second. After this without a byte the connection is taken for dead. */
const silenceMs = 8_000
const backoffMinMs = 1_000
const backoffMaxMs = 30_000

/** The wait before another try: it doubles, and is spread so that consoles do not return together. */
export const backoffOf = (failures: number, random: () => number): number => {
  const longestMs = Math.min(backoffMaxMs, backoffMinMs * 2 ** (failures - 1))
  return longestMs / 2 + (random() * longestMs) / 2
}

/** Reads the frames until it is stopped, and connects again whenever it has to. Returns what stops it. */
export const followFrames = ({ token, onFrame, onState }: FollowOptions): (() => void) => {
  const stopped = new AbortController()
  let failures = 0
  let retry: ReturnType<typeof setTimeout> | undefined

  const readOnce = async (): Promise<'lost' | 'crowded' | 'unauthorized'> => {
    const connection = new AbortController()
    const end = (): void => connection.abort()
    stopped.signal.addEventListener('abort', end)
    let watch = setTimeout(end, silenceMs)
    try {
      const response = await fetch('/v1/admin/events', {
        headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
        ...{ signal: connection.signal, cache: 'no-store' },
      })
      if (response.status === 401 || response.status === 403) return 'unauthorized'
      if (!response.ok || response.body === null) return response.status === 503 ? 'crowded' : 'lost'
      onState({ kind: 'connected' })
      const parser = createEventParser(({ type, data }) => {
        if (type !== 'console') return
        failures = 0
        onFrame(JSON.parse(data) as ConsoleFrame)
      })
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return 'lost'
        clearTimeout(watch)
        watch = setTimeout(end, silenceMs)
        parser.add(value)
      }
    } finally {
      clearTimeout(watch)
      connection.abort()
      stopped.signal.removeEventListener('abort', end)
    }
  }

  const run = async (): Promise<void> => {
    const outcome = await readOnce().catch(() => 'lost' as const)
    if (stopped.signal.aborted) return
    if (outcome === 'unauthorized') return onState({ kind: outcome })
    failures += 1
    const nextMs = backoffOf(failures, Math.random)
    onState({ kind: outcome, nextMs })
    retry = setTimeout(() => void run(), nextMs)
  }

  onState({ kind: 'connecting' })
  void run()
  return () => {
    clearTimeout(retry)
    stopped.abort()
  }
}

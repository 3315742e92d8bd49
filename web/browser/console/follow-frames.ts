import type { ConsoleFrame } from '../../../client/contract-types.ts'
import { createEventParser } from './event-parser.ts'

/** How the stream is. `nextMs` is when it is asked for again. */
export type StreamState =
  | { kind: 'connecting' | 'connected' | 'unauthorized' }
  | { kind: 'lost' | 'crowded'; nextMs: number }

export type FollowOptions = {
  token: string
  /** A campaign that frames have to show. */
  campaignId: string | undefined
  onFrame(frame: ConsoleFrame): void
  onState(state: StreamState): void
}

export type FrameStream = {
  /** Watches another campaign, or none: the stream is opened anew when it is another one. */
  watch(campaignId: string | undefined): void
  stop(): void
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

/** Reads the frames until it is stopped, and connects again whenever it has to. */
export const followFrames = ({ token, onFrame, onState, ...options }: FollowOptions): FrameStream => {
  const stopped = new AbortController()
  let { campaignId } = options
  let failures = 0
  let leave: (() => void) | undefined
  let retry: ReturnType<typeof setTimeout> | undefined

  const readOnce = async (): Promise<'lost' | 'crowded' | 'unauthorized'> => {
    const connection = new AbortController()
    leave = () => connection.abort()
    const end = (): void => connection.abort()
    stopped.signal.addEventListener('abort', end)
    let watch = setTimeout(end, silenceMs)
    try {
      const query = campaignId === undefined ? '' : `?campaign=${encodeURIComponent(campaignId)}`
      const response = await fetch(`/v1/admin/events${query}`, {
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
    retry = undefined
    const watched = campaignId
    const outcome = await readOnce().catch(() => 'lost' as const)
    if (stopped.signal.aborted) return
    // It was left for the stream of another campaign: nothing failed.
    if (watched !== campaignId) return run()
    if (outcome === 'unauthorized') return onState({ kind: outcome })
    failures += 1
    const nextMs = backoffOf(failures, Math.random)
    onState({ kind: outcome, nextMs })
    retry = setTimeout(() => void run(), nextMs)
  }

  onState({ kind: 'connecting' })
  void run()
  return {
    watch(next) {
      if (next === campaignId) return
      campaignId = next
      // While it waits for another try there is no stream to leave.
      if (retry === undefined) leave?.()
    },
    stop() {
      clearTimeout(retry)
      stopped.abort()
    },
  }
}

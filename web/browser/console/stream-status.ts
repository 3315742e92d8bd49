import { liveTexts } from '../../texts/live-texts.ts'
import { setText } from './elements.ts'
import type { StreamState } from './follow-frames.ts'
import { secondsText, tell } from './words.ts'

/** Frames come once a second: what is older than this is shown as old. */
const staleMs = 3_000

/** How old the figures are, and how the stream is. */
export const createStreamStatus = () => {
  let frameAtMs: number | undefined
  let state: StreamState = { kind: 'connecting' }
  let stateAtMs = performance.now()

  const sinceMs = (): number => (frameAtMs === undefined ? 0 : performance.now() - frameAtMs)
  const textOf = (isStale: boolean): string => {
    const nextMs = 'nextMs' in state ? Math.max(0, stateAtMs + state.nextMs - performance.now()) : 0
    const values = { s: secondsText(sinceMs()), next: Math.ceil(nextMs / 1_000) }
    if (frameAtMs === undefined && !isStale) return tell(liveTexts.connecting)
    if (state.kind === 'crowded') return `⚠ ${tell(liveTexts.crowded, values)}`
    return isStale ? `⚠ ${tell(liveTexts.lost, values)}` : tell(liveTexts.connected, values)
  }

  return {
    addFrame: (): void => void (frameAtMs = performance.now()),
    setState(next: StreamState): void {
      state = next
      stateAtMs = performance.now()
    },
    /** The age of the last frame on this machine. */
    sinceMs,
    /** Says it in a line of a view, which is marked when what it shows is old. */
    show(view: Element, line: Element): void {
      const isStale = sinceMs() > staleMs || state.kind === 'lost' || state.kind === 'crowded'
      view.toggleAttribute('data-stale', isStale)
      setText(line, textOf(isStale))
    },
  }
}

export type StreamStatus = ReturnType<typeof createStreamStatus>

import type { ConsoleCampaign, ConsoleFrame } from '../../../client/contract-types.ts'
import type { Point } from './frame-figures.ts'
import { durationsBetween, type PressDurations } from './press-durations.ts'

/** How far lines go back: as far as they can, within these. */
const shownMinMs = 30_000
const shownMaxMs = 120_000

/** The longest line at a frame a second, and some that came early. */
const framesMax = 140

/** The time over which durations of presses are merged. */
const durationsMs = 10_000

const timeOf = ({ serverTime }: ConsoleFrame): number => Date.parse(serverTime)

/** The frames of the last minutes. Each figure stands at the moment when its server was read. */
export const createFrameHistory = () => {
  let frames: ConsoleFrame[] = []

  const ofCampaign = (
    id: string,
    age: (frame: ConsoleFrame) => number | null,
    value: (campaign: ConsoleCampaign) => number | null,
  ): Point[] =>
    frames.map((frame) => {
      const campaign = frame.campaigns.find((other) => other.id === id)
      return { atMs: timeOf(frame) - (age(frame) ?? 0), value: campaign ? value(campaign) : null }
    })

  return {
    add(frame: ConsoleFrame): void {
      // A process whose clock is behind does not make lines run backwards.
      const last = frames.at(-1)
      if (last !== undefined && timeOf(frame) <= timeOf(last)) frames = []
      frames = [...frames.slice(1 - framesMax), frame]
    },
    frames: (): readonly ConsoleFrame[] => frames,
    granted: (id: string): Point[] =>
      ofCampaign(
        id,
        ({ ageMs }) => ageMs.gates,
        ({ granted }) => granted,
      ),
    left: (id: string): Point[] =>
      ofCampaign(
        id,
        ({ ageMs }) => ageMs.gates,
        ({ stock, granted }) => (stock === null || granted === null ? null : Math.max(0, stock - granted)),
      ),
    recorded: (id: string): Point[] =>
      ofCampaign(
        id,
        ({ ageMs }) => ageMs.ledger,
        ({ recorded }) => recorded,
      ),
    /** Answers so far. Between two processes the count is unknown. */
    outcome: (name: string): Point[] =>
      frames.map((frame, index) => {
        const isOther = index > 0 && frames[index - 1]?.process.id !== frame.process.id
        return { atMs: timeOf(frame), value: isOther ? null : (frame.process.outcomes[name] ?? 0) }
      }),
    /** The presses of the last ten seconds before the frame at `index`, and over how long they came. */
    durations(index = frames.length - 1): PressDurations & { overMs: number } {
      const last = frames[index]
      if (last === undefined) return { count: 0, buckets: [], overMs: 0 }
      const first =
        frames.find(
          (frame) => frame.process.id === last.process.id && timeOf(frame) >= timeOf(last) - durationsMs,
        ) ?? last
      const between = durationsBetween(first.process.issueDurations, last.process.issueDurations)
      return { ...between, overMs: timeOf(last) - timeOf(first) }
    },
    timeOf,
    /** How far back the lines are drawn. */
    shownMs(): number {
      const [first, last] = [frames[0], frames.at(-1)]
      const spanMs = first === undefined || last === undefined ? 0 : timeOf(last) - timeOf(first)
      return Math.min(shownMaxMs, Math.max(shownMinMs, spanMs))
    },
  }
}

export type FrameHistory = ReturnType<typeof createFrameHistory>

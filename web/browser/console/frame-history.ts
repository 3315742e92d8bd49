import type { ConsoleCampaign, ConsoleFrame } from '../../../client/contract-types.ts'
import type { Point } from './frame-figures.ts'
import { mergeDurations, type PressDurations } from './press-durations.ts'
import { createProcessFigures, type ProcessFigures } from './process-figures.ts'

/** How far lines go back: as far as they can, within these. */
const shownMinMs = 30_000
const shownMaxMs = 120_000

/** The longest line at a frame a second, and some that came early. */
const framesMax = 140

/** Another process tells of an earlier moment: it is passed over, and not a clock that runs back. */
const olderMaxMs = 3_000

/** The time over which durations of presses are merged. */
const durationsMs = 10_000

const timeOf = ({ serverTime }: ConsoleFrame): number => Date.parse(serverTime)

/** The frames of the last minutes. Each figure stands at the moment when its server was read. */
export const createFrameHistory = () => {
  let frames: ConsoleFrame[] = []
  let figures: ProcessFigures[] = []
  let processes = createProcessFigures()

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
    /** False when the frame is not newer than the last one: it is passed over. */
    add(frame: ConsoleFrame): boolean {
      const last = frames.at(-1)
      const passedMs = last === undefined ? 1 : timeOf(frame) - timeOf(last)
      if (passedMs <= 0 && passedMs > -olderMaxMs) return false
      // A process whose clock is behind does not make lines run backwards.
      if (passedMs <= 0) {
        frames = []
        figures = []
        processes = createProcessFigures()
      }
      // Of earlier frames nobody looks at the processes any more, and they are most of a frame.
      const earlier = frames.slice(1 - framesMax)
      if (last !== undefined && earlier.length > 0) earlier.splice(-1, 1, { ...last, processes: [] })
      frames = [...earlier, frame]
      figures = [...figures.slice(1 - framesMax), processes.add(frame)]
      return true
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
    /** The outcomes that came within what is shown. */
    outcomes(): string[] {
      const names = figures.flatMap(({ outcomes }) => [...(outcomes ?? [])])
      return [...new Set(names.filter(([, rate]) => rate > 0).map(([name]) => name))]
    },
    /** Answers a second of all processes together. */
    answers: (outcome: string): Point[] =>
      frames.map((frame, index) => {
        const { outcomes = null } = figures[index] ?? {}
        return { atMs: timeOf(frame), value: outcomes === null ? null : (outcomes.get(outcome) ?? 0) }
      }),
    /** Rows a second of all workers together. */
    rows: (): number | null => figures.at(-1)?.rows ?? null,
    /** The presses of the ten seconds before the frame at `index`, and over how long they came. */
    durations(index = frames.length - 1): PressDurations & { overMs: number } {
      const last = frames[index]
      if (last === undefined) return { count: 0, buckets: [], overMs: 0 }
      const first = frames.findIndex((frame) => timeOf(frame) > timeOf(last) - durationsMs)
      const since = frames[Math.max(0, first - 1)] ?? last
      const merged = mergeDurations(figures.slice(first, index + 1).map(({ presses }) => presses))
      return { ...merged, overMs: timeOf(last) - timeOf(since) }
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

import type { Timeline } from '../../../client/contract-types.ts'
import type { Point } from './frame-figures.ts'

/** A sale as it can be played again. Times are epoch milliseconds. */
export type Replay = {
  fromMs: number
  toMs: number
  /** Over how long each rate is. */
  windowMs: number
  grantedAt(ms: number): number
  /** Null when the stock of that time is not known. */
  leftAt(ms: number): number | null
  /** Grants a second within the window before. */
  rateAt(ms: number): number
  left: readonly Point[]
  rates: readonly Point[]
}

/** Before the first thing that is shown, and after the last. */
const marginMs = 1_000

/** Changes so long before the first grant, or after the last, are shown too. */
const nearMs = 60_000

const ratesMax = 300
const windowsMs = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000]

/** Changes that lie far from the grants would leave these no room. */
const rangeOf = (firstMs: number, lastMs: number, changesMs: readonly number[]): [number, number] => {
  const beyondMs = Math.max(nearMs, lastMs - firstMs)
  const near = changesMs.filter((atMs) => atMs >= firstMs - beyondMs && atMs <= lastMs + beyondMs)
  return [Math.min(firstMs, ...near) - marginMs, Math.max(lastMs, ...near) + marginMs]
}

/** A replay of what is recorded; `undefined` without any grant. */
export const createReplay = ({ points, changes }: Timeline): Replay | undefined => {
  // Ranks that were lost with a gate are granted again later. Counted in order of time they come out even.
  const times = points.map(({ at }) => Date.parse(at)).toSorted((one, other) => one - other)
  const steps = times.map((atMs, index) => ({ atMs, granted: points[index]?.rank ?? 0 }))
  const [first, last] = [steps[0], steps.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const stocks = changes.map(({ version, at, stock }) => ({
    stock,
    // The first version holds from ever: its time is that of another clock.
    fromMs: version === 1 ? Number.NEGATIVE_INFINITY : Date.parse(at),
  }))
  const changesMs = changes.map(({ at }) => Date.parse(at))
  const [fromMs, toMs] = rangeOf(first.atMs, last.atMs, changesMs)
  const narrowestMs = (toMs - fromMs) / ratesMax
  const windowMs = windowsMs.find((ms) => ms >= narrowestMs) ?? Math.ceil(narrowestMs / 60_000) * 60_000

  const grantedAt = (ms: number): number => {
    const index = steps.findLastIndex(({ atMs }) => atMs <= ms)
    const [before, after] = [steps[index], steps[index + 1]]
    if (before === undefined) return 0
    if (after === undefined) return before.granted
    const part = (ms - before.atMs) / (after.atMs - before.atMs)
    return Math.floor(before.granted + part * (after.granted - before.granted))
  }
  const leftAt = (ms: number): number | null => {
    const stock = stocks.findLast((level) => level.fromMs <= ms)?.stock
    return stock === undefined ? null : Math.max(0, stock - grantedAt(ms))
  }
  const rateAt = (ms: number): number => ((grantedAt(ms) - grantedAt(ms - windowMs)) * 1_000) / windowMs

  // What changes at a moment is drawn upright: it was otherwise a millisecond before.
  const turns = [...times, ...changesMs].flatMap((atMs) => [atMs - 1, atMs])
  const shown = [...new Set([fromMs, ...turns, toMs])]
    .filter((atMs) => atMs >= fromMs && atMs <= toMs)
    .toSorted((one, other) => one - other)
  const count = Math.ceil((toMs - fromMs) / windowMs)
  const grid = Array.from({ length: count + 1 }, (_, index) => Math.min(toMs, fromMs + index * windowMs))
  return {
    ...{ fromMs, toMs, windowMs, grantedAt, leftAt, rateAt },
    left: shown.map((atMs) => ({ atMs, value: leftAt(atMs) })),
    rates: grid.map((atMs) => ({ atMs, value: rateAt(atMs) })),
  }
}

/** How far an arrow key goes: about a two-hundredth of the sale, in steps that people know. */
export const keyStepMs = ({ fromMs, toMs }: Pick<Replay, 'fromMs' | 'toMs'>): number =>
  [10, 100, 1_000, 10_000, 60_000].find((ms) => ms >= (toMs - fromMs) / 600) ?? 600_000

/** Where a key leads; `undefined` for a key that is no move. */
export const keyMove = (
  key: string,
  positionMs: number,
  range: Pick<Replay, 'fromMs' | 'toMs'>,
): number | undefined => {
  const stepMs = keyStepMs(range)
  const moves: Readonly<Record<string, number>> = {
    ...{ ArrowRight: positionMs + stepMs, ArrowUp: positionMs + stepMs },
    ...{ ArrowLeft: positionMs - stepMs, ArrowDown: positionMs - stepMs },
    ...{ PageUp: positionMs + 10 * stepMs, PageDown: positionMs - 10 * stepMs },
    ...{ Home: range.fromMs, End: range.toMs },
  }
  const to = moves[key]
  return to === undefined ? undefined : Math.min(range.toMs, Math.max(range.fromMs, to))
}

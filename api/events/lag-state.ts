/**
 * How the ledger follows the log, by the rules of Burrow (LinkedIn). What a window of readings shows counts;
 * no number of records is too many.
 */
export const lagStates = ['ok', 'warn', 'stop', 'stall', 'rewind'] as const

export type LagState = (typeof lagStates)[number]

/** A partition at one moment. `isWorkerSeen` is null when it is not known whether a worker lives. */
export type LagReading = { atMs: number; position: number; end: number; isWorkerSeen: boolean | null }

const recordsBehind = ({ position, end }: LagReading): number => Math.max(0, end - position)

/** Each reading with the one before it. */
const neighbours = (window: readonly LagReading[]): [LagReading, LagReading][] =>
  window.slice(1).map((reading, index) => [window[index] ?? reading, reading])

/** The position went back, and has not reached again where it was. */
const isRewound = (window: readonly LagReading[], last: LagReading): boolean =>
  neighbours(window).some(
    ([before, { position }]) => position < before.position && last.position < before.position,
  )

/**
 * Burrow: the last commit is older than the commits of the window span. Commits of the same position stand
 * for a consumer that lives. Here that is a worker that says so, or a position that moves.
 */
const isStopped = (window: readonly LagReading[], first: LagReading, last: LagReading): boolean => {
  const signs = neighbours(window).filter(
    ([before, { position, isWorkerSeen }]) => isWorkerSeen !== false || position > before.position,
  )
  const signAtMs = signs.at(-1)?.[1].atMs ?? first.atMs
  return last.atMs - signAtMs > signAtMs - first.atMs
}

/**
 * The state of a partition. Null: it is behind, and was not watched for long enough to tell.
 *
 * - `rewind`: its position is lower than it was, as after a restore of an older database.
 * - `ok`: it was not behind at least once, or caught up a little.
 * - `stop`: it is behind, and no worker was seen for more than half of the window.
 * - `stall`: it is behind, a worker lives, and its position stands.
 * - `warn`: its position moves, and it never was less behind than a moment before.
 */
export const lagStateOf = (window: readonly LagReading[], windowMs: number): LagState | null => {
  const [first, last] = [window[0], window.at(-1)]
  if (first === undefined || last === undefined) return null
  if (recordsBehind(last) === 0) return 'ok'
  if (isRewound(window, last)) return 'rewind'
  if (window.some((reading) => recordsBehind(reading) === 0)) return 'ok'
  if (last.atMs - first.atMs < windowMs) return null
  if (isStopped(window, first, last)) return 'stop'
  if (window.every(({ position }) => position === last.position)) return 'stall'
  return neighbours(window).every(([before, reading]) => recordsBehind(reading) >= recordsBehind(before))
    ? 'warn'
    : 'ok'
}

/** Remembers readings, about one a second, and tells the worst state of all partitions. */
export type LagWindow = {
  add(
    reading: {
      ends: ReadonlyMap<number, number>
      positions: ReadonlyMap<number, number>
      isWorkerSeen: boolean | null
    },
    atMs: number,
  ): LagState | null
}

/** Recording takes well below a second. Half a minute without any is more than a change of workers takes. */
const lagWindowMs = 30_000

/** By how bad they are. What is not known may be worse than what is well. */
const severity: readonly (LagState | null)[] = ['ok', null, 'warn', 'stop', 'stall', 'rewind']

export const createLagWindow = (windowMs: number = lagWindowMs): LagWindow => {
  let windows = new Map<number, LagReading[]>()
  return {
    add({ ends, positions, isWorkerSeen }, atMs) {
      windows = new Map(
        [...ends].map(([partition, end]) => {
          const before = windows.get(partition) ?? []
          // Nobody watched meanwhile: what came in between is not known.
          const isOld = atMs - (before.at(-1)?.atMs ?? atMs) > windowMs
          const reading = { atMs, position: positions.get(partition) ?? 0, end, isWorkerSeen }
          const window = isOld ? [reading] : [...before, reading]
          // The first one that is old enough stays: the window is never shorter.
          while ((window[1]?.atMs ?? atMs) <= atMs - windowMs) window.shift()
          return [partition, window]
        }),
      )
      const states = [...windows.values()].map((window) => lagStateOf(window, windowMs))
      return states.reduce<LagState | null>(
        (worst, state) => (severity.indexOf(state) > severity.indexOf(worst) ? state : worst),
        'ok',
      )
    },
  }
}

import type { ConsoleFrame } from '../../../client/contract-types.ts'

/** A value at a moment of the server. Null: it could not be read. */
export type Point = { atMs: number; value: number | null }

/** What the last readings of a promise say together. */
export type Standing = 'holds' | 'checking' | 'broken' | 'unknown'

/**
 * Two readings in a row that do not fit break a promise: one can be a moment between two servers. A reading
 * that failed neither breaks nor mends: red stays red until a reading fits.
 */
export const standingOf = (readings: readonly (boolean | null)[]): Standing => {
  const [last, before] = readings
    .filter((reading) => reading !== null)
    .slice(-2)
    .reverse()
  if (last === false && before === false) return 'broken'
  if (readings.length === 0 || readings.at(-1) === null) return 'unknown'
  return last === false ? 'checking' : 'holds'
}

/** The sum, unknown when a part of it is. */
export const sumOf = (values: readonly (number | null)[]): number | null =>
  values.reduce<number | null>((sum, value) => (sum === null || value === null ? null : sum + value), 0)

/** Changes per second, at the later of two neighbours. A count that falls began anew: unknown. */
export const ratesOf = (points: readonly Point[]): Point[] =>
  points.slice(1).map(({ atMs, value }, index) => {
    const before = points[index]
    const passedMs = atMs - (before?.atMs ?? atMs)
    if (before === undefined || value === null || before.value === null) return { atMs, value: null }
    if (passedMs <= 0 || value < before.value) return { atMs, value: null }
    return { atMs, value: ((value - before.value) * 1_000) / passedMs }
  })

/** The mean change per second within the last `windowMs`; null when that is not known. */
export const paceOf = (points: readonly Point[], windowMs: number): number | null => {
  const known = points.filter(({ value }) => value !== null)
  const last = known.at(-1)
  if (last === undefined) return null
  const first = known.find(({ atMs }) => atMs >= last.atMs - windowMs)
  if (first === undefined || first === last) return null
  return ratesOf([first, last])[0]?.value ?? null
}

/** Seconds until nothing is left at this pace. Null: never, or not known. */
export const secondsUntilEmpty = (left: number | null, perSecond: number | null): number | null =>
  left === null || perSecond === null || perSecond <= 0 || left <= 0 ? null : left / perSecond

/** What the sale of all campaigns of a frame comes to. `before` is the frame before it. */
export const saleTotals = ({ campaigns, lag }: ConsoleFrame, before: ConsoleFrame | undefined) => {
  const [granted, recorded, outbox, oversold] = (['granted', 'recorded', 'outbox', 'oversold'] as const).map(
    (name) => sumOf(campaigns.map((campaign) => campaign[name])),
  )
  /**
   * Rows that were there before the gate was read, beyond what it then told. The first frame has no row that
   * is older than its gates.
   */
  const doubled = sumOf(
    campaigns.map(({ id, granted: own }) => {
      const rows = before?.campaigns.find((other) => other.id === id)?.recorded
      if (own === null || rows === null) return null
      return rows === undefined ? 0 : Math.max(0, rows - own)
    }),
  )
  const holds = campaigns.some((campaign) => campaign.holds === false)
    ? false
    : campaigns.some((campaign) => campaign.holds === null)
      ? null
      : true
  return {
    ...{ granted: granted ?? null, recorded: recorded ?? null, outbox: outbox ?? null, holds, doubled },
    ...{ oversold: oversold ?? null, behind: lag?.records ?? null },
  }
}

/** Whether a count of what must not be is nought. */
export const isNone = (count: number | null): boolean | null => (count === null ? null : count === 0)

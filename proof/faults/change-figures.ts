import type { Stop } from './sale-operator.ts'

/** Pauses and closures that were answered: how many, and how soon pages said so. */
export type ChangeFigures = {
  stops: number
  /** Those that the gate had without the ledger. */
  halts: number
  /** Those after which the pages of all API processes were seen to say so. */
  seen: number
  /** The longest time until they did, in ms. */
  pagesMsMax: number
}

export const noChanges: ChangeFigures = { stops: 0, halts: 0, seen: 0, pagesMsMax: 0 }

/** Of the stops of a round. */
export const figuresOf = (stops: readonly Stop[]): ChangeFigures => {
  const answered = stops.filter(({ answeredMs }) => answeredMs !== undefined)
  const pagesMs = answered.flatMap((stop) => stop.pagesMs ?? [])
  return {
    stops: answered.length,
    halts: answered.filter(({ isRecorded }) => !isRecorded).length,
    seen: pagesMs.length,
    pagesMsMax: Math.max(0, ...pagesMs),
  }
}

/** Of two rounds together. */
export const addFigures = (one: ChangeFigures, other: ChangeFigures): ChangeFigures => ({
  stops: one.stops + other.stops,
  halts: one.halts + other.halts,
  seen: one.seen + other.seen,
  pagesMsMax: Math.max(one.pagesMsMax, other.pagesMsMax),
})

import { addFigures, type ChangeFigures, noChanges } from './change-figures.ts'
import { type Harm, noHarm } from './harm.ts'
import type { RoundVerdict, StruckFault } from './round-verdict.ts'

/** The parts that can be killed, in the order of the reports. */
const parts = ['api', 'worker', 'redis', 'kafka', 'mysql'] as const

/** The sum of several rounds. */
export type RunTotals = Harm & {
  rounds: number
  presses: number
  people: number
  rows: number
  /** Kills by part, and how many of them count. */
  kills: Record<string, { all: number; counted: number }>
  /** Other faults by name, and how often each struck. */
  others: Record<string, number>
  silenceMsMax: number
  changes: ChangeFigures
  tookMs: number
  verdict: 'pass' | 'fail'
}

/** In the order of the reports. */
export const harmNames = Object.keys(noHarm) as (keyof Harm)[]

/** What reports call it. */
export const harmWord = (name: keyof Harm): string => (name === 'toldTwoThings' ? 'contradicted' : name)

/** Faults and how often they struck, in the order of the reports. */
export const byName = (others: RunTotals['others']): [string, number][] =>
  Object.entries(others).toSorted(([left], [right]) => (left < right ? -1 : 1))

/**
 * Adds up the rounds that were played, `of` how many were asked for. A round that was not played did not
 * pass.
 */
export const totalsOf = (verdicts: readonly RoundVerdict[], of: number): RunTotals => {
  const isPassed = verdicts.length === of && verdicts.every(({ verdict }) => verdict === 'pass')
  const totals: RunTotals = {
    ...noHarm,
    rounds: verdicts.length,
    presses: 0,
    people: 0,
    rows: 0,
    silenceMsMax: 0,
    changes: noChanges,
    tookMs: 0,
    kills: Object.fromEntries(parts.map((part) => [part, { all: 0, counted: 0 }])),
    others: {},
    verdict: isPassed ? 'pass' : 'fail',
  }
  for (const one of verdicts) {
    for (const name of [...harmNames, 'presses', 'people', 'rows', 'tookMs'] as const)
      totals[name] += one[name]
    totals.changes = addFigures(totals.changes, one.changes)
    totals.silenceMsMax = Math.max(totals.silenceMsMax, one.silenceMsMax)
    for (const struck of one.struck) add(totals, struck)
  }
  return totals
}

const add = ({ kills, others }: RunTotals, { fault, part, isKill, counts }: StruckFault): void => {
  if (!isKill) {
    others[fault] = (others[fault] ?? 0) + 1
    return
  }
  const { all, counted } = kills[part] ?? { all: 0, counted: 0 }
  kills[part] = { all: all + 1, counted: counted + (counts ? 1 : 0) }
}

import { type Harm, noHarm } from './harm.ts'
import type { RoundVerdict, StruckFault } from './round-verdict.ts'

/** The parts that can be killed, in the order of reports. */
const parts = ['api', 'worker', 'redis', 'kafka', 'mysql'] as const

/** What several rounds came to. */
export type RunTotals = Harm & {
  rounds: number
  presses: number
  people: number
  rows: number
  /** By part, how many kills there were and how many counted. */
  kills: Record<string, { all: number; counted: number }>
  /** By name, how often any other fault struck. */
  others: Record<string, number>
  silenceMsMax: number
  tookMs: number
  verdict: 'pass' | 'fail'
}

/** The names of figures, in the order of reports, and what people call them. */
export const harmWords: Record<keyof Harm, string> = {
  lost: 'lost',
  doubled: 'doubled',
  oversold: 'oversold',
  stranded: 'stranded',
  unresolved: 'unresolved',
  toldTwoThings: 'told two things',
}
export const harmNames = Object.keys(noHarm) as (keyof Harm)[]

/** Faults and how often they struck, in the order of reports. */
export const byName = (others: RunTotals['others']): [string, number][] =>
  Object.entries(others).toSorted(([left], [right]) => (left < right ? -1 : 1))

/** Adds rounds up; `of` is how many were asked for. One that could not even be played is none that passed. */
export const totalsOf = (verdicts: readonly RoundVerdict[], of: number): RunTotals => {
  const isPassed = verdicts.length === of && verdicts.every(({ verdict }) => verdict === 'pass')
  const totals: RunTotals = {
    ...noHarm,
    ...{ rounds: verdicts.length, presses: 0, people: 0, rows: 0, silenceMsMax: 0, tookMs: 0 },
    kills: Object.fromEntries(parts.map((part) => [part, { all: 0, counted: 0 }])),
    others: {},
    verdict: isPassed ? 'pass' : 'fail',
  }
  for (const one of verdicts) {
    for (const name of [...harmNames, 'presses', 'people', 'rows', 'tookMs'] as const)
      totals[name] += one[name]
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

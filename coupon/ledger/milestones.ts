import type { RecordedChange } from './change-settings.ts'

/** A grant that stands out. `stock` is that of the campaign then; `undefined` when it is not known. */
export type Milestone = {
  kind: 'first' | 'half' | 'thousandth' | 'sold-out' | 'last'
  rank: number
  atMs: number
  stock: number | undefined
}

/** From when on a campaign had this stock. */
export type StockLevel = { stock: number; fromMs: number }

/** What a milestone is looked for at. `stock` is the one that it is a milestone of. */
type Candidate = { kind: 'first' | 'half' | 'thousandth' | 'sold-out'; rank: number; stock?: number }

/** A campaign whose stock was set more often keeps the milestones of its newest ones. */
const levelsMax = 50

/** The stock over time, oldest first, from the changes of a campaign, newest first. */
export const stockLevelsOf = (changes: readonly RecordedChange[]): StockLevel[] =>
  changes
    .toReversed()
    // The first version holds from ever: its time and those of grants come from different clocks.
    .map(({ version, settings, atMs }) => ({
      stock: settings.stock,
      fromMs: version === 1 ? Number.NEGATIVE_INFINITY : atMs,
    }))
    .filter(({ stock }, index, all) => index === 0 || stock !== all[index - 1]?.stock)

/** The stock at a time; `undefined` when the changes do not go back so far. */
export const stockAt = (levels: readonly StockLevel[], atMs: number): number | undefined =>
  levels.findLast(({ fromMs }) => fromMs <= atMs)?.stock

const candidatesOf = (levels: readonly StockLevel[]): Candidate[] => {
  const stocks = [...new Set(levels.slice(-levelsMax).map(({ stock }) => stock))]
  return [
    { kind: 'first', rank: 1 },
    ...stocks.map((stock) => ({ kind: 'half', rank: Math.ceil(stock / 2), stock }) as const),
    { kind: 'thousandth', rank: 1_000 },
    ...stocks.map((stock) => ({ kind: 'sold-out', rank: stock, stock }) as const),
  ]
}

/** The ranks whose times `milestonesOf` needs, up to the highest that was granted: at most 102. */
export const milestoneRanks = (levels: readonly StockLevel[], lastRank: number): number[] => [
  ...new Set(
    candidatesOf(levels)
      .map(({ rank }) => rank)
      .filter((rank) => rank <= lastRank),
  ),
]

/**
 * The milestones at the ranks with a known time, by rank. Half of a stock and its end count only where the
 * grant came while the campaign had that stock. So stock that is raised before the sell-out leaves one
 * sell-out, and stock that is raised after it makes a second.
 */
export const milestonesOf = (
  levels: readonly StockLevel[],
  times: ReadonlyMap<number, number>,
): Milestone[] => {
  const reached = candidatesOf(levels).flatMap(({ kind, rank, stock: own }): Milestone[] => {
    const atMs = times.get(rank)
    if (atMs === undefined) return []
    const stock = stockAt(levels, atMs)
    return own === undefined || own === stock ? [{ kind, rank, atMs, stock }] : []
  })
  return reached.toSorted((one, other) => one.rank - other.rank)
}

/** A press, and what it got. */
export type RankedArrival = {
  arrivedMs: number
  /** Tells apart those who arrived in the same instant: the lower one came first. */
  number: number
  answeredMs: number
  rank: number
}

/** Of the overtaken: what 99 % of them had at most, and what one of them had. 0 where nobody was. */
export type Width = { p99: number; max: number }

/**
 * How far ranks are from the order of arrival. An inversion is a pair of which the one who arrived later has
 * the lower rank.
 */
export type Inversions = {
  /** Arrivals that were compared. */
  arrivals: number
  inversions: number
  /** Arrivals with at least one inversion against them. */
  overtaken: number
  /** How much later than an overtaken one the last of those arrived who overtook it. */
  laterMs: Width
  /** How many overtook an overtaken one: the ranks that it lost. */
  ranks: Width
  /** Overtaken by somebody who arrived when they had their answer. */
  afterAnswer: number
}

const widthOf = (values: readonly number[]): Width => {
  const sorted = [...values].sort((left, right) => left - right)
  return { p99: sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0, max: sorted.at(-1) ?? 0 }
}

/** How many of the ranks so far are lower than one: a Fenwick tree over the places of ranks. */
const createLowerRanks = (ranks: readonly number[]) => {
  const places = new Map(
    [...new Set(ranks)].sort((left, right) => left - right).map((rank, at) => [rank, at]),
  )
  const tree = new Uint32Array(places.size + 1)
  return {
    add(rank: number): void {
      for (let at = (places.get(rank) ?? 0) + 1; at < tree.length; at += at & -at)
        tree[at] = (tree[at] ?? 0) + 1
    },
    below(rank: number): number {
      let count = 0
      for (let at = places.get(rank) ?? 0; at > 0; at -= at & -at) count += tree[at] ?? 0
      return count
    },
  }
}

/** The last index whose value is below `limit`, in values that never fall; -1 when there is none. */
const lastBelow = (values: readonly number[], limit: number): number => {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((values[middle] ?? Infinity) < limit) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Counts inversions, in n log n. Equal ranks are none. */
export const countInversions = (arrivals: readonly RankedArrival[]): Inversions => {
  const inOrder = [...arrivals].sort(
    (left, right) => left.arrivedMs - right.arrivedMs || left.number - right.number,
  )
  // The lowest rank from each arrival on.
  const lowest = inOrder.map(({ rank }) => rank)
  for (let at = lowest.length - 2; at >= 0; at -= 1)
    lowest[at] = Math.min(lowest[at] ?? Infinity, lowest[at + 1] ?? Infinity)
  const later = createLowerRanks(inOrder.map(({ rank }) => rank))
  const [laterMs, ranks]: [number[], number[]] = [[], []]
  let [inversions, afterAnswer] = [0, 0]
  for (const { rank, arrivedMs, answeredMs } of inOrder.toReversed()) {
    const overtakers = later.below(rank)
    later.add(rank)
    if (overtakers === 0) continue
    const last = inOrder[lastBelow(lowest, rank)]
    inversions += overtakers
    ranks.push(overtakers)
    laterMs.push((last?.arrivedMs ?? arrivedMs) - arrivedMs)
    if ((last?.arrivedMs ?? arrivedMs) > answeredMs) afterAnswer += 1
  }
  return {
    arrivals: inOrder.length,
    inversions,
    overtaken: ranks.length,
    laterMs: widthOf(laterMs),
    ranks: widthOf(ranks),
    afterAnswer,
  }
}

import { stockMax } from '../../grant.ts'

/** Which ranks of one campaign were seen: one bit each, 1.25 MB for the largest stock there is. */
export type RankSet = {
  /** `new` the first time, `seen` ever after; `impossible` for what no campaign can give out. */
  add(rank: number): 'new' | 'seen' | 'impossible'
  has(rank: number): boolean
  /** The highest rank seen, 0 for none. */
  highest(): number
  /** How many ranks below the highest one seen were not seen. */
  gapCount(): number
  /** Those ranks, the lowest first. */
  gaps(): Generator<number>
}

/** A set with no rank in it. */
export const createRankSet = (): RankSet => {
  const bits = new Uint8Array(stockMax / 8 + 1)
  let highest = 0
  let seen = 0
  const has = (rank: number): boolean => ((bits[rank >> 3] ?? 0) & (1 << (rank & 7))) !== 0

  return {
    add(rank) {
      if (!Number.isInteger(rank) || rank < 1 || rank > stockMax) return 'impossible'
      if (has(rank)) return 'seen'
      bits[rank >> 3] = (bits[rank >> 3] ?? 0) | (1 << (rank & 7))
      seen += 1
      if (rank > highest) highest = rank
      return 'new'
    },
    has,
    highest: () => highest,
    gapCount: () => highest - seen,
    *gaps() {
      for (let rank = 1; rank < highest; rank += 1) if (!has(rank)) yield rank
    },
  }
}

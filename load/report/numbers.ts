const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `12,345`. */
export const inThousands = (value: number): string => whole.format(value)

/** Milliseconds to some three digits: `0.84`, `12.3`, `1,204`. */
export const inMs = (milliseconds: number): string => {
  if (milliseconds >= 100) return whole.format(milliseconds)
  return milliseconds.toFixed(milliseconds >= 10 ? 1 : 2)
}

/** `12.3 s`. */
export const inSeconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`

/** `0.63`. */
export const asRatio = (ratio: number): string => ratio.toFixed(2)

/** `63 %`. */
export const asShare = (share: number): string => `${Math.round(share * 100)} %`

/** A probability to two digits: `p = 0.031`, and `p < 0.001` below. */
export const asProbability = (p: number): string =>
  p < 0.001 ? 'p < 0.001' : `p = ${Number(p.toPrecision(2))}`

/** `1.25 %`: a few of many thousand are no zero. */
export const inPercent = (part: number, total: number): string =>
  `${((100 * part) / Math.max(1, total)).toFixed(2)} %`

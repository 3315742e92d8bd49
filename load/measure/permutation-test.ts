/**
 * Permutation tests: how often chance alone gives a difference as large as the one that was measured. They
 * assume no distribution. R. A. Fisher, The Design of Experiments (1935), section 21; P. Good, Permutation,
 * Parametric, and Bootstrap Tests of Hypotheses (3rd ed., 2005), chapters 3 and 4.
 */

/** A difference that chance gives more often than this is noise. */
const noiseAbove = 0.05

/** Whether a difference with this p is within noise. */
export const isWithinNoise = (p: number): boolean => p > noiseAbove

/** Up to so many pairs all signs are tried: 4,096 ways. */
const exactPairsMax = 12
/** Up to so many ways to divide two groups, all are tried: those of seven rounds and seven are 3,432. */
const exactWaysMax = 10_000
const samples = 10_000

// Sums of the same logarithms in another order differ in their last digits.
const reaches = (difference: number, observed: number): boolean =>
  Math.abs(difference) >= Math.abs(observed) * (1 - 1e-9) - 1e-12

/** The same numbers in each report, so that it can be computed again: Mulberry32 (T. Ettinger, 2017). */
const fixedRandom = (): (() => number) => {
  let state = 20_261_129
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** The measured order counts as one of the samples, so p is never 0 (Good, section 3.2). */
const sampledShare = (draw: () => boolean): number => {
  let hits = 1
  for (let sample = 0; sample < samples; sample += 1) if (draw()) hits += 1
  return hits / (samples + 1)
}

/**
 * p of a paired test: whether the ratios of the rounds differ from 1. Each logarithm may have had the other
 * sign. Exact up to 12 rounds, and then of 10,000 samples. 1 where a ratio is not positive.
 */
export const pairedP = (ratios: readonly number[]): number => {
  const logs = ratios.map(Math.log)
  if (logs.length === 0 || !logs.every(Number.isFinite)) return 1
  const observed = sum(logs)
  if (logs.length > exactPairsMax) {
    const random = fixedRandom()
    return sampledShare(() => reaches(sum(logs.map((log) => (random() < 0.5 ? log : -log))), observed))
  }
  const ways = 2 ** logs.length
  let hits = 0
  for (let signs = 0; signs < ways; signs += 1)
    if (reaches(sum(logs.map((log, index) => ((signs >> index) & 1 ? -log : log))), observed)) hits += 1
  return hits / ways
}

const waysToChoose = (chosen: number, of: number): number =>
  Array.from({ length: chosen }, (_, index) => (of - index) / (index + 1)).reduce(
    (ways, factor) => ways * factor,
    1,
  )

/** Calls `onSum` with the sum of each choice of `count` values. */
const eachSum = (
  values: readonly number[],
  count: number,
  onSum: (total: number) => void,
  from = 0,
  total = 0,
): void => {
  if (count === 0) return onSum(total)
  for (let index = from; index <= values.length - count; index += 1)
    eachSum(values, count - 1, onSum, index + 1, total + (values[index] ?? 0))
}

/** Moves `count` random values to the front (Fisher and Yates). */
const shuffleFront = (values: number[], count: number, random: () => number): void => {
  for (let index = 0; index < count; index += 1) {
    const other = index + Math.floor(random() * (values.length - index))
    ;[values[index], values[other]] = [values[other] ?? 0, values[index] ?? 0]
  }
}

/**
 * p of an unpaired test: whether the figures of two runs differ. Each figure may have come from the other
 * run. Compares the means of the logarithms. Exact up to 10,000 ways to divide them, and then of 10,000
 * samples. 1 where a figure is not positive.
 */
export const unpairedP = (left: readonly number[], right: readonly number[]): number => {
  const all = [...left, ...right].map(Math.log)
  if (left.length === 0 || right.length === 0 || !all.every(Number.isFinite)) return 1
  const whole = sum(all)
  const difference = (ofLeft: number): number => ofLeft / left.length - (whole - ofLeft) / right.length
  const observed = difference(sum(all.slice(0, left.length)))
  const ways = waysToChoose(left.length, all.length)
  if (ways > exactWaysMax) {
    const random = fixedRandom()
    const values = [...all]
    return sampledShare(() => {
      shuffleFront(values, left.length, random)
      return reaches(difference(sum(values.slice(0, left.length))), observed)
    })
  }
  let [hits, tried] = [0, 0]
  eachSum(all, left.length, (ofLeft) => {
    tried += 1
    if (reaches(difference(ofLeft), observed)) hits += 1
  })
  return hits / tried
}

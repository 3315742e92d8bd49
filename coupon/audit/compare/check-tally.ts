import type { Check, FaultName, PromiseName } from './check.ts'

/** Counts what contradicts one check, with a bounded number of examples. */
export type CheckTally = {
  /** Counts what was looked at. */
  looked(count?: number): void
  /** A contradiction. `example` is only called while there is room for another. */
  broken(example: () => string, count?: number): void
  /** Something that has not arrived yet. */
  inFlight(example: () => string, count?: number): void
  check(): Check
}

const examplesMax = 10

/** A tally that has counted nothing. */
export const createCheckTally = (promise: PromiseName, how: string, fault?: FaultName): CheckTally => {
  const broken = { count: 0, examples: [] as string[] }
  const inFlight = { count: 0, examples: [] as string[] }
  let looked = 0

  const add = (to: typeof broken, example: () => string, count: number): void => {
    to.count += count
    if (to.examples.length < examplesMax) to.examples.push(example())
  }

  return {
    looked(count = 1) {
      looked += count
    },
    broken: (example, count = 1) => add(broken, example, count),
    inFlight: (example, count = 1) => add(inFlight, example, count),
    check() {
      const shown = broken.count > 0 ? broken : inFlight
      const verdict = broken.count > 0 ? 'fail' : inFlight.count > 0 ? 'in-flight' : 'pass'
      const named = fault === undefined ? { promise } : { promise, fault }
      return { ...named, verdict, count: shown.count, looked, examples: [...shown.examples], how }
    },
  }
}

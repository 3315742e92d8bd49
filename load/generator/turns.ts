/** Who presses next: shoppers who come back, in the order in which they do, before those who are new. */
export type Turns = {
  /** As many are there as should be by now, in order; those who were there stay. */
  arrive(count: number, nowMs: number): void
  comeBack(shopper: number): void
  next(): number | undefined
  /** When this shopper came. */
  arrivedMs(shopper: number): number
  /** Shoppers who had a turn: the first so many. */
  served(): number
  /** Shoppers who came and had none yet. */
  waiting(): number
}

/** Turns of `shoppers` shoppers, none of whom is there yet. */
export const createTurns = (shoppers: number): Turns => {
  const cameMs = new Float64Array(shoppers)
  let back: number[] = []
  let backNext = 0
  let came = 0
  let served = 0
  return {
    arrive(count, nowMs) {
      const due = Math.min(shoppers, count)
      while (came < due) {
        cameMs[came] = nowMs
        came += 1
      }
    },
    comeBack: (shopper) => void back.push(shopper),
    next() {
      const shopper = back[backNext]
      if (shopper !== undefined) {
        backNext += 1
        return shopper
      }
      back = []
      backNext = 0
      if (served === came) return undefined
      served += 1
      return served - 1
    },
    arrivedMs: (shopper) => cameMs[shopper] ?? 0,
    served: () => served,
    waiting: () => came - served,
  }
}

/** Who presses next: shoppers who come back, in the order in which they do, before those who are new. */
export type ArrivalQueue = {
  /** As many are there as should be by now, in order; those who were there stay. */
  arrive(count: number, nowMs: number): void
  rejoin(shopper: number): void
  next(): number | undefined
  /** When this shopper came. */
  arrivedMs(shopper: number): number
  /** Shoppers who had a turn: the first so many. */
  servedCount(): number
  /** Shoppers who came and had none yet. */
  waitingCount(): number
}

/** Turns of `shoppers` shoppers, none of whom is there yet. */
export const createArrivalQueue = (shoppers: number): ArrivalQueue => {
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
    rejoin: (shopper) => void back.push(shopper),
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
    servedCount: () => served,
    waitingCount: () => came - served,
  }
}

/** Which shopper presses next: those who return, in order, before those who are new. */
export type ArrivalQueue = {
  /** Lets shoppers arrive, in order, until `count` have arrived in all. */
  arrive(count: number, nowMs: number): void
  /** Queues a shopper who presses again. */
  rejoin(shopper: number): void
  /** Takes the next shopper; undefined when the queue is empty. */
  next(): number | undefined
  arrivedMs(shopper: number): number
  /** New shoppers taken so far. They are those numbered from 0 to below this. */
  servedCount(): number
  /** Shoppers who arrived and were never taken. */
  waitingCount(): number
}

/** An empty queue for up to `shoppers` shoppers, numbered from 0. */
export const createArrivalQueue = (shoppers: number): ArrivalQueue => {
  const arrivedMs = new Float64Array(shoppers)
  let returned: number[] = []
  let returnedNext = 0
  let arrived = 0
  let served = 0
  return {
    arrive(count, nowMs) {
      const due = Math.min(shoppers, count)
      while (arrived < due) {
        arrivedMs[arrived] = nowMs
        arrived += 1
      }
    },
    rejoin: (shopper) => void returned.push(shopper),
    next() {
      const shopper = returned[returnedNext]
      if (shopper !== undefined) {
        returnedNext += 1
        return shopper
      }
      returned = []
      returnedNext = 0
      if (served === arrived) return undefined
      served += 1
      return served - 1
    },
    arrivedMs: (shopper) => arrivedMs[shopper] ?? 0,
    servedCount: () => served,
    waitingCount: () => arrived - served,
  }
}

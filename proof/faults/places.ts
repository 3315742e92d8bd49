/** Places for a number of people at once; whoever finds none waits for one, in order. */
export type Places = {
  take(): Promise<void>
  give(): void
  isFree(): boolean
}

/** `count` free places. */
export const createPlaces = (count: number): Places => {
  const queue: (() => void)[] = []
  let free = count
  return {
    take() {
      if (free > 0) {
        free -= 1
        return Promise.resolve()
      }
      const { promise, resolve } = Promise.withResolvers<void>()
      queue.push(resolve)
      return promise
    },
    give() {
      const first = queue.shift()
      if (first === undefined) free += 1
      else first()
    },
    isFree: () => free > 0,
  }
}

import { Failure } from './failure.ts'

/** Runs work one after the other, in order. Rejects `overloaded` at once when `waitingMax` wait already. */
export type OneAtATime = <Result>(work: () => Promise<Result>) => Promise<Result>

export const createOneAtATime = (waitingMax: number): OneAtATime => {
  let last: Promise<unknown> = Promise.resolve()
  let held = 0
  return async (work) => {
    if (held > waitingMax) throw new Failure('overloaded', `${waitingMax} wait already`)
    held += 1
    const mine = last.then(work).finally(() => {
      held -= 1
    })
    last = mine.catch(() => undefined)
    return mine
  }
}

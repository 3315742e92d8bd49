import { inspect } from 'node:util'

/** Something of which one call is held back. */
export type Paused<Part> = {
  part: Part
  /** Resolves once the call was made by `work`; rejects when that ended without. */
  reached(work: Promise<unknown>): Promise<void>
  /** Lets it through, and every later one. */
  resume(): void
}

/** Holds back the calls of one method before they do anything. */
export const pausedBefore = <Part extends object>(part: Part, method: keyof Part): Paused<Part> => {
  const [called, resumed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const decorated = new Proxy(part, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (name !== method || typeof value !== 'function') return value
      return async (...args: unknown[]): Promise<unknown> => {
        called.resolve()
        await resumed.promise
        return Reflect.apply(value, target, args)
      }
    },
  })
  return {
    part: decorated,
    async reached(work) {
      const missed = work.then((result) => {
        throw new Error(`${String(method)} was not called: ${inspect(result)}`)
      })
      await Promise.race([called.promise, missed])
    },
    resume: () => resumed.resolve(),
  }
}

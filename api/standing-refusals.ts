import type { IncomingMessage } from 'node:http'
import { failureProblem, problem } from './problem.ts'
import type { Application, Bindings } from './route.ts'

type Refusal = 'rate-limited' | 'overloaded'

/** Requests that the server admits only for a refusal, which costs less than what they ask for. */
export type Refusals = {
  /** Call it before the application gets the request. */
  add(request: IncomingMessage, refusal: Refusal): void
  /** Wraps an application, which then answers the added requests with their problem. */
  wrap(app: Application): Application
}

const tooManyFromOneAddress = 'Too many requests of this address are under way. Nothing was done; try again.'

export const createRefusals = (): Refusals => {
  const refused = new WeakMap<IncomingMessage, Refusal>()
  return {
    add: (request, refusal) => void refused.set(request, refusal),
    wrap: (app) => ({
      fetch(request, env) {
        const refusal = refused.get((env as Bindings).incoming)
        if (refusal === undefined) return app.fetch(request, env)
        return refusal === 'overloaded'
          ? failureProblem('overloaded')
          : problem('rate-limited', tooManyFromOneAddress)
      },
    }),
  }
}

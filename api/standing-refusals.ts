import type { IncomingMessage } from 'node:http'
import { failureProblem, prepareProblem } from './problem.ts'
import type { Application, Bindings } from './route.ts'

type Refusal = 'crowded-address' | 'fast-address' | 'overloaded'

/** Requests that the server admits only for a refusal, which costs less than what they ask for. */
export type Refusals = {
  /** Call it before the application gets the request. */
  add(request: IncomingMessage, refusal: Refusal): void
  /** Wraps an application, which then answers the added requests with their problem. */
  wrap(app: Application): Application
}

const tooManyFromOneAddress = prepareProblem(
  'rate-limited',
  'Too many requests of this address are under way. Nothing was done; try again.',
)

/** `refuseFast` answers requests of an address that asks too fast. */
export const createRefusals = (refuseFast: () => Response = tooManyFromOneAddress): Refusals => {
  const refused = new WeakMap<IncomingMessage, Refusal>()
  return {
    add: (request, refusal) => void refused.set(request, refusal),
    wrap: (app) => ({
      fetch(request, env) {
        const refusal = refused.get((env as Bindings).incoming)
        if (refusal === undefined) return app.fetch(request, env)
        if (refusal === 'overloaded') return failureProblem('overloaded')
        return refusal === 'fast-address' ? refuseFast() : tooManyFromOneAddress()
      },
    }),
  }
}

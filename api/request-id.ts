import { randomUUID } from 'node:crypto'
import type { Bindings, Application } from './route.ts'

/** What a caller may name a request: what callers use (UUIDs, trace ids), and nothing that a log line or a header could trip over. */
const requestIdPattern = /^[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}$/

const header = 'X-Request-Id'

/** The caller's name for this request, if it sent a well-formed one. */
export const givenRequestId = ({ incoming }: Bindings): string | undefined => {
  const given = incoming.headers['x-request-id']
  return typeof given === 'string' && requestIdPattern.test(given) ? given : undefined
}

/** The id under which a fault of this request is told: the caller's, or a new one, which then goes out with the answer. */
export const requestIdOf = (bindings: Bindings): string => {
  const given = givenRequestId(bindings)
  if (given !== undefined) return given
  const made = randomUUID()
  bindings.outgoing.setHeader(header, made)
  return made
}

/** The same application; an answer carries the id that the caller gave its request. Nothing is made for requests without one. */
export const echoRequestIds = (app: Application): Application => ({
  fetch(request, env) {
    const bindings = env as Bindings
    const given = givenRequestId(bindings)
    if (given !== undefined) bindings.outgoing.setHeader(header, given)
    return app.fetch(request, env)
  },
})

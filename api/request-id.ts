import { randomUUID } from 'node:crypto'
import type { Application, Bindings } from './route.ts'

/** The form of a request id: covers UUIDs and trace ids, and is safe in a log line and a header. */
const requestIdPattern = /^[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}$/

const header = 'X-Request-Id'

/** The id that the caller gave its request; `undefined` without a well-formed one. */
export const givenRequestId = ({ incoming }: Bindings): string | undefined => {
  const given = incoming.headers['x-request-id']
  return typeof given === 'string' && requestIdPattern.test(given) ? given : undefined
}

/** The caller's id of this request, or a new one, which is added to the answer. */
export const requestIdOf = (bindings: Bindings): string => {
  const given = givenRequestId(bindings)
  if (given !== undefined) return given
  const created = randomUUID()
  bindings.outgoing.setHeader(header, created)
  return created
}

/**
 * Wraps an application: an answer has the id that the caller gave its request. Requests without one get none.
 */
export const echoRequestIds = (app: Application): Application => ({
  fetch(request, env) {
    const bindings = env as Bindings
    const given = givenRequestId(bindings)
    if (given !== undefined) bindings.outgoing.setHeader(header, given)
    return app.fetch(request, env)
  },
})

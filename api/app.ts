import { Hono } from 'hono'
import { Failure, messageOf } from '../platform/failure.ts'
import type { Log } from '../platform/log.ts'
import { type HttpApp, mount, refuseOtherMethods, type Route } from './http.ts'
import { problem, problemOfFailure } from './problem.ts'

/** What a caller is told of a failure: never its inner words. */
const details: Record<Failure['code'], string> = {
  overloaded: 'Too many requests are waiting; nothing was done with yours.',
  unavailable: 'The result is not known. Asking again is safe.',
  recovering: 'The campaign is being brought back. Asking again is safe.',
  refused: 'The server cannot do this.',
  defect: 'The server broke a rule of its own.',
}

/** The application: routes, 404, 405, and every failure as a problem document. */
export const createApp = (routes: readonly Route[], health: Hono, log: Log): HttpApp => {
  const app: HttpApp = new Hono()
  app.onError((cause) => {
    const failure =
      cause instanceof Failure ? cause : new Failure('defect', messageOf(cause), { retryable: false, cause })
    const code = problemOfFailure[failure.code]
    if (code === 'internal') log.error({ err: failure }, 'a request failed')
    else log.debug({ code: failure.code, cause: failure.message }, 'a request was not served')
    return problem(code, details[failure.code])
  })
  app.notFound(() => problem('not-found', 'There is nothing at this address.'))
  mount(app, routes)
  app.route('/', health)
  refuseOtherMethods(app, [...routes, ...health.routes])
  return app
}

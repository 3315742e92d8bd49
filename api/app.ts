import { Hono } from 'hono'
import { idPattern } from '../coupon/grant.ts'
import { Failure, messageOf } from '../platform/failure.ts'
import type { Logger } from '../platform/log/logger.ts'
import { failureProblem, problemOfFailure } from './problem.ts'
import { givenRequestId, requestIdOf } from './request-id.ts'
import { createNotFound, type HttpApp, type HttpContext, mountRoutes, type Route } from './route.ts'

/**
 * Route and campaign of a request, for a log line. A malformed id is left out: it could be anything, even a
 * token.
 */
const logFieldsOf = (context: HttpContext): { route?: string; campaignId?: string } => {
  const { route } = context.env
  const campaignId = context.req.param('campaignId')
  return {
    ...(route === undefined ? {} : { route }),
    ...(campaignId !== undefined && idPattern.test(campaignId) ? { campaignId } : {}),
  }
}

/** The application: routes, health checks, 404, 405, and a problem document for every failure. */
export const createApp = (routes: readonly Route[], health: Hono, log: Logger): HttpApp => {
  const app: HttpApp = new Hono()
  app.onError((cause, context) => {
    const failure = cause instanceof Failure ? cause : new Failure('defect', messageOf(cause), { cause })
    if (problemOfFailure[failure.code] === 'internal')
      log.error(
        { err: failure, requestId: requestIdOf(context.env), ...logFieldsOf(context) },
        'a request failed with an internal error',
      )
    // In an overload these lines would cost more than the answers, so their fields are built only when
    // logged.
    else if (log.isLevelEnabled('debug'))
      log.debug(
        {
          code: failure.code,
          cause: failure.message,
          requestId: givenRequestId(context.env),
          ...logFieldsOf(context),
        },
        'a request was answered with 503',
      )
    return failureProblem(failure.code)
  })
  app.notFound(createNotFound([...routes, ...health.routes]))
  mountRoutes(app, routes)
  app.route('/', health)
  return app
}

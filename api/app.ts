import { Hono } from 'hono'
import { Failure, messageOf } from '../platform/failure.ts'
import type { Logger } from '../platform/log/logger.ts'
import { idPattern } from '../coupon/grant.ts'
import { type HttpApp, type HttpContext, mountRoutes, refuseOtherMethods, type Route } from './route.ts'
import { failureProblem, problem, problemOfFailure } from './problem.ts'
import { givenRequestId, requestIdOf } from './request-id.ts'

/** What a request was about, for a log line. An id that is none of ours may be anything, and is not repeated. */
const aboutOf = (context: HttpContext): { route?: string; campaignId?: string } => {
  const { route } = context.env
  const campaignId = context.req.param('campaignId')
  return {
    ...(route === undefined ? {} : { route }),
    ...(campaignId !== undefined && idPattern.test(campaignId) ? { campaignId } : {}),
  }
}

/** The application: routes, 404, 405, and every failure as a problem document. */
export const createApp = (routes: readonly Route[], health: Hono, log: Logger): HttpApp => {
  const app: HttpApp = new Hono()
  app.onError((cause, context) => {
    const failure = cause instanceof Failure ? cause : new Failure('defect', messageOf(cause), { cause })
    if (problemOfFailure[failure.code] === 'internal')
      log.error(
        { err: failure, requestId: requestIdOf(context.env), ...aboutOf(context) },
        'a request failed',
      )
    // In a storm of them the words would cost more than the answers.
    else if (log.isLevelEnabled('debug'))
      log.debug(
        {
          ...{ code: failure.code, cause: failure.message, requestId: givenRequestId(context.env) },
          ...aboutOf(context),
        },
        'a request was not served',
      )
    return failureProblem(failure.code)
  })
  app.notFound(() => problem('not-found', 'There is nothing at this address.'))
  mountRoutes(app, routes)
  app.route('/', health)
  refuseOtherMethods(app, [...routes, ...health.routes])
  return app
}

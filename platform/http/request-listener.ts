import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener, type HttpBindings, RequestError } from '@hono/node-server'
import type { Hono } from 'hono'
import { endOfTurn } from './end-of-turn.ts'
import { headFaultOf } from './head-fault.ts'
import { badRequestResponse } from './protocol-problem.ts'
import { leaveRestOfBody } from './rest-of-body.ts'

/** The host of a request that names none: it is part of a URL that nobody looks at. */
const hostDefault = 'localhost'

/**
 * Hands requests to `app`, but for those whose head has a fault, or whose target and Host make no URL: they
 * are answered with 400. Answers without a wait leave together at the end of the turn of the event loop. Its
 * promise resolves when the response has ended.
 */
export const createRequestListener = (
  app: Pick<Hono<{ Bindings: HttpBindings }>, 'fetch'>,
): ((incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>) => {
  const listener = getRequestListener(
    (request, bindings) => {
      const fault = headFaultOf(bindings.incoming as IncomingMessage)
      const answer = fault === undefined ? app.fetch(request, bindings) : badRequestResponse(fault)
      return answer instanceof Promise ? answer : endOfTurn().then(() => answer)
    },
    {
      hostname: hostDefault,
      // Its timers for what is left of a body cost each press, which has none.
      autoCleanupIncoming: false,
      errorHandler: (cause) =>
        cause instanceof RequestError
          ? badRequestResponse(`The target of the request or its Host is malformed: ${cause.message}.`)
          : new Response(null, { status: 500 }),
    },
  )
  return (incoming, outgoing) => {
    const answered: Promise<void> = listener(incoming, outgoing)
    const answeredBody = leaveRestOfBody(incoming)
    return answeredBody === undefined ? answered : answered.then(answeredBody)
  }
}

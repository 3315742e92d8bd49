import type { HttpBindings } from '@hono/node-server'
import type { Context, Hono } from 'hono'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import type { OperatorRole } from '../coupon/operator.ts'
import type { Operation } from './contract/operation.ts'
import { prepareProblem } from './problem.ts'

/** The request and response of Node, and the route that matched, as `GET /v1/coupons`. */
export type Bindings = HttpBindings & { route?: string }

export type HttpContext = Context<{ Bindings: Bindings }>
export type HttpApp = Hono<{ Bindings: Bindings }>

/** The part of an application that a server needs. */
export type Application = Pick<HttpApp, 'fetch'>

export type Handler = (context: HttpContext) => Response | Promise<Response>

/**
 * Requests of one lane wait for each other and never for those of another one. `change` grants coupons and
 * changes campaigns, `ledger` needs the database, and `read` reads what does not. `stream` is a lane without
 * turns: its requests last as long as their clients like, and have places instead.
 */
export type Lane = 'change' | 'ledger' | 'read' | 'stream'

/**
 * One operation. `path` has the syntax of hono. Without a Bearer credential `handle` answers 401 at once,
 * unless `caller` is anyone.
 */
export type Route = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  lane: Lane
  caller: 'anyone' | 'shopper' | 'shopper or orders' | OperatorRole
  /** Describes the route for clients: it is in the OpenAPI document by this alone. */
  operation: Operation
  handle: Handler
}

/**
 * Reads a request header without building a web Headers object, which would cost as much as verifying a
 * token.
 */
export const headerOf = (
  context: Pick<HttpContext, 'env'>,
  name:
    | 'accept'
    | 'accept-encoding'
    | 'accept-language'
    | 'authorization'
    | 'content-type'
    | 'idempotency-key'
    | 'if-match'
    | 'if-none-match'
    | 'last-event-id',
): string | undefined => context.env.incoming.headers[name] as string | undefined

const handlerOf = ({ method, path, handle }: Route): Handler => {
  const route = `${method} ${path}`
  return (context) => {
    context.env.route = route
    return handle(context)
  }
}

/** Serves the routes. Each request gets its matched route in `bindings.route`. */
export const mountRoutes = (app: HttpApp, routes: readonly Route[]): void => {
  for (const route of routes) app.on(route.method, route.path, handlerOf(route))
}

/**
 * Answers 405 with Allow on the paths of `routes`, OPTIONS with the same, and 404 elsewhere. It is asked when
 * no route matched: with a second handler on its path hono would make each answer of a route from promises.
 */
export const createNotFound = (routes: readonly { method: string; path: string }[]): Handler => {
  const router = new RegExpRouter<(method: string) => Response>()
  for (const [path, ofPath] of Map.groupBy(routes, (route) => route.path)) {
    const own = ofPath.map(({ method }) => (method === 'GET' ? 'GET, HEAD' : method))
    const Allow = [...own, 'OPTIONS'].join(', ')
    const refuse = prepareProblem('method-not-allowed', `This path accepts ${Allow}.`, { headers: { Allow } })
    const options = { status: 204, headers: { Allow, 'Cache-Control': 'no-store' } }
    router.add('ALL', path, (method) => (method === 'OPTIONS' ? new Response(null, options) : refuse()))
  }
  const nowhere = prepareProblem('not-found', 'This address does not exist.')
  return ({ req }) => router.match(req.method, req.path)[0][0]?.[0](req.method) ?? nowhere()
}

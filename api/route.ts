import type { HttpBindings } from '@hono/node-server'
import type { Context, Hono } from 'hono'
import { problem } from './problem.ts'

/** What goes with one request: Node's own two halves of it, and the route that took it, as `GET /v1/coupons`. */
export type Bindings = HttpBindings & { route?: string }

/** The request as routes see it: hono's context over Node's own request. */
export type HttpContext = Context<{ Bindings: Bindings }>
export type HttpApp = Hono<{ Bindings: Bindings }>

/** What a server needs of an application. */
export type Application = Pick<HttpApp, 'fetch'>

export type Handler = (context: HttpContext) => Response | Promise<Response>

/** One operation. `path` is in hono's form. */
export type Route = { method: 'GET' | 'POST'; path: string; handle: Handler }

/** A body longer than this is refused, read or not. */
export const bodyBytesMax = 65_536

/** A request header without building a web Headers object: that alone would cost as much as verifying a token. */
export const headerOf = (
  context: HttpContext,
  name: 'authorization' | 'content-length' | 'content-type',
): string | undefined => context.env.incoming.headers[name]

/**
 * A JSON answer with plain headers. `context.json` builds a web Headers object for each answer; this goes from the object
 * straight to Node's response.
 */
export const jsonResponse = (document: unknown, status: number, headers: Record<string, string>): Response =>
  new Response(JSON.stringify(document), {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
  })

/** Answers of one user, or of the moment: nobody may keep them. */
export const noStoreHeaders = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }

const limitBody =
  (route: string, handle: Handler): Handler =>
  (context) => {
    context.env.route = route
    return Number(headerOf(context, 'content-length') ?? 0) > bodyBytesMax
      ? problem('too-large', `The body may have ${bodyBytesMax} bytes.`)
      : handle(context)
  }

/** Serves the routes, and notes which one took a request. */
export const mountRoutes = (app: HttpApp, routes: readonly Route[]): void => {
  for (const { method, path, handle } of routes) app.on(method, path, limitBody(`${method} ${path}`, handle))
}

/** Another method on one of these paths is 405 and says which are allowed. Comes after whatever serves them. */
export const refuseOtherMethods = (
  app: HttpApp,
  served: readonly { method: string; path: string }[],
): void => {
  for (const [path, ofPath] of Map.groupBy(served, (route) => route.path)) {
    const methods = ofPath.map(({ method }) => (method === 'GET' ? 'GET, HEAD' : method)).join(', ')
    app.all(path, () =>
      problem('method-not-allowed', `This path takes ${methods}.`, { headers: { Allow: methods } }),
    )
  }
}

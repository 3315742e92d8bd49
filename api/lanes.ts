import type { IncomingMessage } from 'node:http'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import type { Lane, Route } from './route.ts'

/** The lanes in which requests take turns. A stream takes none, and yet counts for its address. */
export type LaneOfTurns = Exclude<Lane, 'stream'>

/**
 * Paths that mean what they say. In others the application decodes an escape, or resolves a dot or a host:
 * what they lead to is not known here.
 */
const plainPathPattern = /^\/[\w/-]*$/

const bearerPattern = /^bearer /i

const pathIn = (url: string): string => {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

/**
 * Tells the lane of a request by its route. `undefined` is for what the application answers without a wait:
 * health checks, and its own 401 without a credential, 404 and 405. A stream has a place instead of a turn. A
 * credential is not verified here, which costs as much as the rest of a turn. `userHeader` is the header of a
 * gateway: it is one too.
 */
export const createLanes = (
  routes: readonly Route[],
  userHeader?: string,
): ((request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>) => Lane | undefined) => {
  const router = new RegExpRouter<Route>()
  for (const route of routes) router.add(route.method, route.path, route)

  return ({ method: given = 'GET', url = '/', headers }) => {
    const method = given === 'HEAD' ? 'GET' : given
    const hasCredential =
      bearerPattern.test(headers.authorization ?? '') ||
      (userHeader !== undefined && headers[userHeader] !== undefined)
    const path = pathIn(url)
    if (!plainPathPattern.test(path)) {
      // The lane in which it harms least, whatever it leads to.
      if (method === 'GET') return hasCredential ? 'ledger' : 'read'
      return hasCredential ? 'change' : undefined
    }
    const route = router.match(method, path)[0][0]?.[0]
    if (route === undefined) return undefined
    return hasCredential || route.caller === 'anyone' ? route.lane : undefined
  }
}

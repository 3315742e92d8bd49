import { z } from 'zod'
import type { Application, Bindings } from './route.ts'

/** Origins of one deployment. */
const originsMax = 100

const expected =
  'expected origins as a browser sends them, several with commas between: https://shop.example, ' +
  'http://127.0.0.1:3000'

const isOrigin = (text: string): boolean => {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text
}

/** The setting CORS_ORIGINS. */
export const corsOrigins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .refine((origins) => origins.length <= originsMax && origins.every(isOrigin), { error: expected })

/** What a page of another origin may send. */
const requestHeaders = 'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id'

/** What it may read beside the body. */
const answerHeaders =
  'Allow, ETag, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id'

/** Browsers keep it for two hours at the most. */
const maxAgeSeconds = '7200'

/**
 * Wraps an application: pages of these origins may call it, and read every answer. Without origins it is the
 * application itself. Callers send a Bearer token, so cookies are never allowed.
 */
export const allowOrigins = (app: Application, origins: readonly string[]): Application => {
  if (origins.length === 0) return app
  const allowed = new Set(origins)

  /** The methods of a path are what the application answers to OPTIONS. */
  const preflight = async (request: Request, { outgoing, ...rest }: Bindings): Promise<Response> => {
    const answer = await app.fetch(request, { outgoing, ...rest })
    const methods = answer.headers.get('allow')
    if (answer.status === 204 && methods !== null) {
      outgoing.setHeader('Access-Control-Allow-Methods', methods)
      outgoing.setHeader('Access-Control-Allow-Headers', requestHeaders)
      outgoing.setHeader('Access-Control-Max-Age', maxAgeSeconds)
    }
    return answer
  }

  return {
    fetch(request, env) {
      const bindings = env as Bindings
      const { incoming, outgoing } = bindings
      const { origin } = incoming.headers
      // Also without an origin: a cache must not give that answer to a page of another one.
      outgoing.setHeader('Vary', 'Origin')
      if (origin === undefined || !allowed.has(origin)) return app.fetch(request, env)
      outgoing.setHeader('Access-Control-Allow-Origin', origin)
      if (incoming.method === 'OPTIONS' && incoming.headers['access-control-request-method'] !== undefined)
        return preflight(request, bindings)
      outgoing.setHeader('Access-Control-Expose-Headers', answerHeaders)
      return app.fetch(request, env)
    },
  }
}

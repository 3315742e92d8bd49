import { once } from 'node:events'
import type { Server, ServerOptions } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import { type RequestLimits, limitRequests } from './request-limiter.ts'

/** A listening HTTP server. */
export type HttpServer = {
  port: number
  /** Connections that are open now. */
  connections(): Promise<number>
  /**
   * From now on every answer ends its connection. After `acceptMs`, 0 when left out, the server takes no more connections and lets
   * requests under way finish. What is left `deadlineMs` after the call is cut.
   */
  close(deadlineMs: number, acceptMs?: number): Promise<void>
}

export type HttpServerOptions = {
  host: string
  port: number
  /** Must exceed the idle time of a balancer in front. */
  keepAliveTimeoutMs: number
  /** A request, head and body, has to be there within this; looked at once a second, or sooner when this is shorter. */
  requestTimeoutMs: number
  /**
   * A connection on which nothing moves for this long amid a request and its answer is cut, 60 s when left out: that of a client that
   * does not read, and of one that is gone without a word. A route that works longer has to say so (`outgoing.setTimeout`).
   */
  inactivityTimeoutMs?: number
  /** One more is hung up on. */
  connectionsMax: number
  /** Without it the application sees every request at once. */
  requestLimits?: RequestLimits
  /** Other processes of ours listen on the same port; the system deals connections out. Without it a taken port is refused. */
  sharesPort?: boolean
}

/** Bytes of a request line with its headers; one more byte is 431. A token, and the cookies of a page, take 4 KB. */
export const headBytesMax = 16_384

/** Headers of a request; one more is 431. Browsers send some 20, and proxies a few. */
export const headersMax = 100

const checkIntervalMsMax = 1_000

/** Rejects when somebody listens there: whoever shares a port would share it with a stranger too, and not hear of it. */
export const requireFreePort = async (address: { host: string; port: number }): Promise<void> => {
  const server = createServer()
  server.listen({ ...address, exclusive: true })
  await once(server, 'listening')
  server.close()
  await once(server, 'close')
}

/**
 * Serves `app`, everything bounded. Node by itself would look for slow requests only every 30 s, keep whoever does not read for ever, and
 * stops reading from whoever pipelines without taking the answers. The backlog of 511 that it takes by itself gave a false 1.2 s tail when
 * 3,000 clients connected at once.
 */
export const serveHttp = async (
  app: Pick<Hono<{ Bindings: HttpBindings }>, 'fetch'>,
  options: HttpServerOptions,
): Promise<HttpServer> => {
  const serverOptions: ServerOptions = {
    maxHeaderSize: headBytesMax,
    connectionsCheckingInterval: Math.min(checkIntervalMsMax, options.requestTimeoutMs),
  }
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions }) as Server
  server.maxHeadersCount = headersMax
  server.timeout = options.inactivityTimeoutMs ?? 60_000
  server.keepAliveTimeout = options.keepAliveTimeoutMs
  server.requestTimeout = options.requestTimeoutMs
  server.headersTimeout = options.requestTimeoutMs
  server.maxConnections = options.connectionsMax
  if (options.requestLimits !== undefined) limitRequests(server, options.requestLimits)
  const listening = Promise.withResolvers<void>()
  server.once('error', listening.reject)
  const { host, port, sharesPort = false } = options
  server.listen({ host, port, backlog: 4_096, reusePort: sharesPort }, listening.resolve)
  await listening.promise
  server.off('error', listening.reject)

  return {
    port: (server.address() as AddressInfo).port,
    connections() {
      const { promise, resolve, reject } = Promise.withResolvers<number>()
      server.getConnections((fault, count) => (fault === null ? resolve(count) : reject(fault)))
      return promise
    },
    async close(deadlineMs, acceptMs = 0) {
      // A listener only from now on: in ordinary times it would cost every request.
      server.prependListener('request', (_, response) => response.setHeader('Connection', 'close'))
      const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs)
      if (acceptMs > 0) await wait(acceptMs)
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      // `close` alone waits for idle keep-alive connections (measured: 8.8 s).
      const idle = setInterval(() => server.closeIdleConnections(), 50)
      await closed.promise
      clearInterval(idle)
      clearTimeout(deadline)
    },
  }
}

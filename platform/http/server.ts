import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import { answerHalfClosed } from './half-closed.ts'
import { answerMalformedRequests } from './malformed-requests.ts'
import { limitRequests, type RequestLimits } from './request-limiter.ts'
import { createRequestListener } from './request-listener.ts'

/** A listening HTTP server. */
export type HttpServer = {
  port: number
  /** Open connections. */
  connections(): Promise<number>
  /**
   * From this call on every answer closes its connection. After `acceptMs` (default 0) the server accepts no
   * more connections and requests in flight finish. `deadlineMs` after the call all remaining connections are
   * closed.
   */
  close(deadlineMs: number, acceptMs?: number): Promise<void>
}

export type HttpServerOptions = {
  host: string
  port: number
  /** Must be longer than the idle timeout of a load balancer in front. */
  keepAliveTimeoutMs: number
  /** A complete request, head and body, must arrive within this time. Checked at least once a second. */
  requestTimeoutMs: number
  /**
   * A connection with a request in flight is closed after this time without a byte in either direction
   * (default 60 s). Its client does not read, or is silently gone. A route that takes longer extends it with
   * `outgoing.setTimeout`.
   */
  inactivityTimeoutMs?: number
  /** Further connections are closed. */
  connectionsMax: number
  /** Without it the application gets every request at once. */
  requestLimits?: RequestLimits
  /**
   * Several processes listen on this port and the kernel distributes connections. Without it a used port is
   * an error.
   */
  reusePort?: boolean
}

/**
 * Bytes of a request line with its headers; one more is 431. A token with the cookies of a page takes 4 KB.
 */
export const headBytesMax = 16_384

/** Headers of a request; one more is 431. Browsers send about 20, proxies a few. */
export const headersMax = 100

const checkIntervalMsMax = 1_000

/**
 * Connections that wait to be accepted. The kernel takes less where `net.core.somaxconn` is less: 4,096 by
 * default, too few for 10,000 who come at once. One queue, because several would mix up who came first.
 */
const backlog = 65_535

/** Time for the answer to a client that has closed its side: longer than the p99 of a press in a burst. */
const halfClosedMs = 1_000

/**
 * Rejects when another program listens there. A process that shares its port needs this check first: it would
 * share the port with any program, without an error.
 */
export const requireFreePort = async (address: { host: string; port: number }): Promise<void> => {
  const server = createServer()
  server.listen({ ...address, exclusive: true })
  await once(server, 'listening')
  server.close()
  await once(server, 'close')
}

/**
 * Serves `app` with every wait bounded. By default Node checks for slow requests only every 30 s. It never
 * closes the connection of a client that does not read, also when that client pipelines. Its default backlog
 * of 511 gave a false tail of 1.2 s when 3,000 clients connected at once.
 */
export const serveHttp = async (
  app: Pick<Hono<{ Bindings: HttpBindings }>, 'fetch'>,
  options: HttpServerOptions,
): Promise<HttpServer> => {
  const serverOptions = {
    maxHeaderSize: headBytesMax,
    connectionsCheckingInterval: Math.min(checkIntervalMsMax, options.requestTimeoutMs),
    // The listener asks for it, with an answer, and not of HTTP/1.0.
    requireHostHeader: false,
  }
  const server = createHttpServer(serverOptions)
  const serve = createRequestListener(app)
  server.maxHeadersCount = headersMax
  server.timeout = options.inactivityTimeoutMs ?? 60_000
  server.keepAliveTimeout = options.keepAliveTimeoutMs
  server.requestTimeout = options.requestTimeoutMs
  server.headersTimeout = options.requestTimeoutMs
  server.maxConnections = options.connectionsMax
  answerMalformedRequests(server)
  answerHalfClosed(server, halfClosedMs)
  if (options.requestLimits === undefined)
    server.on('request', (request, response) => void serve(request, response))
  else limitRequests(server, serve, options.requestLimits)
  const listening = Promise.withResolvers<void>()
  server.once('error', listening.reject)
  const { host, port, reusePort: sharesPort = false } = options
  server.listen({ host, port, backlog, reusePort: sharesPort }, listening.resolve)
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
      // Only while closing: a second listener costs every request.
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

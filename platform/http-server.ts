import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'

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
  requestTimeoutMs: number
  connectionsMax: number
  /** Other processes of ours listen on the same port; the system deals connections out. Without it a taken port is refused. */
  sharesPort?: boolean
}

/** Rejects when somebody listens there: whoever shares a port would share it with a stranger too, and not hear of it. */
export const refuseTakenPort = async (address: { host: string; port: number }): Promise<void> => {
  const server = createServer()
  server.listen({ ...address, exclusive: true })
  await once(server, 'listening')
  server.close()
  await once(server, 'close')
}

/** Serves `app`. The backlog of 511 that Node takes by itself gave a false 1.2 s tail when 3,000 clients connected at once. */
export const serveHttp = async (
  app: Pick<Hono<{ Bindings: HttpBindings }>, 'fetch'>,
  options: HttpServerOptions,
): Promise<HttpServer> => {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  server.keepAliveTimeout = options.keepAliveTimeoutMs
  server.requestTimeout = options.requestTimeoutMs
  server.headersTimeout = options.requestTimeoutMs
  server.maxConnections = options.connectionsMax
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

import { once } from 'node:events'
import type { Server } from 'node:http'
import { createServer, type Socket, type Server as TcpServer } from 'node:net'

/** Where a server listens. Several sockets share the port: check before that nobody else is there. */
export type SharedAddress = { host: string; port: number; backlog: number }

/** The sockets that listen for an HTTP server. */
export type ListenQueues = {
  /** Opens those beside that of the server, which listens already. */
  listen(address: SharedAddress): Promise<void>
  /** Open connections of all. */
  connections(): Promise<number>
  /** Closes those beside that of the server. Connections that nobody has accepted yet are reset. */
  close(): void
}

const countOf = (server: TcpServer): Promise<number> =>
  new Promise((resolve, reject) => {
    server.getConnections((fault, count) => (fault === null ? resolve(count) : reject(fault)))
  })

/**
 * `count` sockets at the address of `server`, beside its own, which hand it their connections. The kernel
 * gives each a queue of its own for connections that nobody has accepted yet, and spreads them. A full queue
 * drops an attempt, which is repeated a second later. All together accept no more than `connectionsMax`. Call
 * it before the server listens, and let that share its port when `count` is not 0.
 */
export const createListenQueues = (
  server: Server,
  { count, connectionsMax }: { count: number; connectionsMax: number },
): ListenQueues => {
  const queues = Array.from({ length: count }, () => createServer({ allowHalfOpen: true, noDelay: true }))
  const open = new Map<TcpServer, number>([server, ...queues].map((listener) => [listener, 0]))
  let total = 0
  /** Node counts the connections of each listener apart. */
  const note = (listener: TcpServer, change: 1 | -1): void => {
    total += change
    open.set(listener, (open.get(listener) ?? 0) + change)
    for (const [one, own] of open) one.maxConnections = own + Math.max(0, connectionsMax - total)
  }
  const listenerOf = new WeakMap<Socket, TcpServer>()
  server.on('connection', (socket: Socket) => {
    const listener = listenerOf.get(socket) ?? server
    note(listener, 1)
    socket.once('close', () => note(listener, -1))
  })
  for (const queue of queues)
    queue.on('connection', (socket) => {
      listenerOf.set(socket, queue)
      server.emit('connection', socket)
    })
  return {
    async listen(address) {
      for (const queue of queues) {
        queue.listen({ ...address, reusePort: true })
        await once(queue, 'listening')
      }
    },
    async connections() {
      const counts = await Promise.all([...open.keys()].map(countOf))
      return counts.reduce((sum, one) => sum + one, 0)
    },
    close: () => queues.forEach((queue) => queue.close()),
  }
}

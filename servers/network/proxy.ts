import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createDelayLine, type DelayLine } from './delay-line.ts'

/** A TCP proxy in front of one server. It makes the network between client and server fail on demand. */
export type Proxy = {
  readonly port: number
  /**
   * Keeps connections open and stops all bytes; `answers` stops only those of the server. They arrive after
   * `release`, also on connections that were opened meanwhile.
   */
  hold(what?: 'all' | 'answers'): void
  release(): void
  /** Resets every connection and every new one, until `restore`. */
  cut(): void
  restore(): void
  /** Bytes of the server arrive this much later, in order. 0 ends the delay. */
  delay(milliseconds: number): void
  /** Resets every connection and connects new ones to another server. */
  redirect(target: ProxyTarget): void
  close(): Promise<void>
}

export type ProxyTarget = { host: string; port: number }

type Link = { client: Socket; server: Socket; answers: DelayLine }

/** Listens on a free port of 127.0.0.1 and forwards to `target`. */
export const createProxy = async (target: ProxyTarget): Promise<Proxy> => {
  const links = new Set<Link>()
  let held: 'nothing' | 'all' | 'answers' = 'nothing'
  let isCut = false
  let delayMs = 0
  let current = target

  const flow = (from: Socket, to: Socket | DelayLine, flows: boolean): void => {
    // Removed first, because a second pipe would send everything twice.
    from.unpipe(to)
    if (flows) from.pipe(to)
    else from.pause()
  }
  const apply = ({ client, server, answers }: Link): void => {
    flow(client, server, held !== 'all')
    flow(server, answers, held === 'nothing')
  }
  const reset = ({ client, server }: Link): void => {
    client.resetAndDestroy()
    server.resetAndDestroy()
  }

  const proxy = createServer((client) => {
    if (isCut) return void client.resetAndDestroy()
    const server = connect(current)
    const link = { client, server, answers: createDelayLine(() => delayMs) }
    links.add(link)
    link.answers.pipe(client)
    const bind = (socket: Socket, other: Socket): void => {
      socket.setNoDelay(true)
      // The close event passes the failure on to the other socket.
      socket.on('error', () => {})
      socket.on('close', (hadError) => {
        // While the other socket waits for the rest of an answer, the connection still exists.
        if (other.closed) links.delete(link)
        if (hadError) other.resetAndDestroy()
        // The delay line still has bytes; its end closes the client.
        else if (other === server || delayMs === 0) other.destroySoon()
      })
    }
    bind(client, server)
    bind(server, client)
    client.once('close', () => link.answers.destroy())
    apply(link)
  })
  const listening = Promise.withResolvers<void>()
  proxy.listen(0, '127.0.0.1', listening.resolve)
  await listening.promise

  const hold = (what: typeof held): void => {
    held = what
    for (const link of links) apply(link)
  }
  const resetAll = (): void => {
    for (const link of links) reset(link)
  }
  const cut = (): void => {
    isCut = true
    resetAll()
  }
  return {
    port: (proxy.address() as AddressInfo).port,
    hold: (what = 'all') => hold(what),
    release: () => hold('nothing'),
    cut,
    restore() {
      isCut = false
    },
    delay(milliseconds) {
      delayMs = milliseconds
    },
    redirect(next) {
      current = next
      resetAll()
    },
    async close() {
      const closed = Promise.withResolvers<void>()
      proxy.close(() => closed.resolve())
      cut()
      await closed.promise
    },
  }
}

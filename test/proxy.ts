import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A TCP proxy in front of one server, to make a network fail in the ways in which networks fail. */
export type Proxy = {
  readonly port: number
  /**
   * Connections stay and nothing passes any more; `answers` lets requests through and keeps what the server says.
   * What was held arrives at `release`, also on connections made meanwhile.
   */
  hold(what?: 'all' | 'answers'): void
  release(): void
  /** Resets every connection and every new one, until `restore`. */
  cut(): void
  restore(): void
  close(): Promise<void>
}

type Link = { client: Socket; server: Socket }

/** Listens on a free port of 127.0.0.1 and forwards to `target`. */
export const createProxy = async (target: { host: string; port: number }): Promise<Proxy> => {
  const links = new Set<Link>()
  let held: 'nothing' | 'all' | 'answers' = 'nothing'
  let isCut = false

  const flow = (from: Socket, to: Socket, flows: boolean): void => {
    // Taken off first: a second pipe would send everything twice.
    from.unpipe(to)
    if (flows) from.pipe(to)
    else from.pause()
  }
  const apply = ({ client, server }: Link): void => {
    flow(client, server, held !== 'all')
    flow(server, client, held === 'nothing')
  }
  const reset = ({ client, server }: Link): void => {
    client.resetAndDestroy()
    server.resetAndDestroy()
  }

  const proxy = createServer((client) => {
    if (isCut) return void client.resetAndDestroy()
    const server = connect(target)
    const link = { client, server }
    links.add(link)
    const bind = (socket: Socket, other: Socket): void => {
      socket.setNoDelay(true)
      // What the fault was is the business of whoever is under test: the other end just hears of it.
      socket.on('error', () => {})
      socket.on('close', (isFault) => {
        links.delete(link)
        if (isFault) other.resetAndDestroy()
        else other.destroySoon()
      })
    }
    bind(client, server)
    bind(server, client)
    apply(link)
  })
  const listening = Promise.withResolvers<void>()
  proxy.listen(0, '127.0.0.1', listening.resolve)
  await listening.promise

  const hold = (what: typeof held): void => {
    held = what
    for (const link of links) apply(link)
  }
  const cut = (): void => {
    isCut = true
    for (const link of links) reset(link)
  }
  return {
    port: (proxy.address() as AddressInfo).port,
    hold: (what = 'all') => hold(what),
    release: () => hold('nothing'),
    cut,
    restore() {
      isCut = false
    },
    async close() {
      const closed = Promise.withResolvers<void>()
      proxy.close(() => closed.resolve())
      cut()
      await closed.promise
    },
  }
}

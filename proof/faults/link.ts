import { createProxy, type Proxy } from '../../servers/network/proxy.ts'

/** The network between one kind of process and one server: a proxy for each of its nodes. */
export type Link = Omit<Proxy, 'port'> & {
  /** `host:port` of each, with commas between. */
  readonly addresses: string
  readonly ports: readonly number[]
}

/** A link to these ports of 127.0.0.1, with everything done to all of its proxies. */
export const createLink = async (targets: readonly number[]): Promise<Link> => {
  const proxies = await Promise.all(targets.map((port) => createProxy({ host: '127.0.0.1', port })))
  const each = (act: (proxy: Proxy) => void): void => proxies.forEach(act)
  const ports = proxies.map(({ port }) => port)
  return {
    ports,
    addresses: ports.map((port) => `127.0.0.1:${port}`).join(','),
    hold: (what) => each((proxy) => proxy.hold(what)),
    release: () => each((proxy) => proxy.release()),
    cut: () => each((proxy) => proxy.cut()),
    restore: () => each((proxy) => proxy.restore()),
    delay: (milliseconds) => each((proxy) => proxy.delay(milliseconds)),
    redirect: (target) => each((proxy) => proxy.redirect(target)),
    async close() {
      await Promise.all(proxies.map((proxy) => proxy.close()))
    },
  }
}

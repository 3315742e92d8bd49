import { createProxy, type Proxy } from '../../servers/network/proxy.ts'

export const clients = ['api', 'worker'] as const
export const servers = ['redis', 'kafka', 'mysql'] as const

/** Who reaches a server over a proxy of their own: all API processes over one, all workers over another. */
export type LinkClient = (typeof clients)[number]
export type LinkServer = (typeof servers)[number]

/** The six links between our processes and the servers. */
export type Links = {
  readonly of: Readonly<Record<LinkServer, Readonly<Record<LinkClient, Proxy>>>>
  /** Both links of one server. */
  to(server: LinkServer): readonly Proxy[]
  close(): Promise<void>
}

/** Links to servers that need not be there yet; `portOf` says where each will listen for these clients. */
export const createLinks = async (
  portOf: (server: LinkServer, client: LinkClient) => number,
): Promise<Links> => {
  const both = async (server: LinkServer): Promise<Record<LinkClient, Proxy>> => {
    const linkFor = (client: LinkClient) => createProxy({ host: '127.0.0.1', port: portOf(server, client) })
    const [api, worker] = await Promise.all([linkFor('api'), linkFor('worker')])
    return { api, worker }
  }
  const [redis, kafka, mysql] = await Promise.all([both('redis'), both('kafka'), both('mysql')])
  const of = { redis, kafka, mysql }
  return {
    of,
    to: (server) => Object.values(of[server]),
    async close() {
      await Promise.all(servers.flatMap((server) => Object.values(of[server]).map((link) => link.close())))
    },
  }
}

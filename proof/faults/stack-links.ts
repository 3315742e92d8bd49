import { createProxy, type Proxy } from '../../servers/network/proxy.ts'

export const linkClients = ['api', 'worker'] as const
export const linkServers = ['redis', 'kafka', 'mysql'] as const

/** The processes that share a proxy to each server: all API processes, or all workers. */
export type LinkClient = (typeof linkClients)[number]
export type LinkServer = (typeof linkServers)[number]

/** The six links between the processes under test and the servers. */
export type Links = {
  readonly of: Readonly<Record<LinkServer, Readonly<Record<LinkClient, Proxy>>>>
  /** Both links of one server. */
  to(server: LinkServer): readonly Proxy[]
  /** Opens links to the Redis on this port, at new addresses. From then on `of` and `to` have these. */
  openRedis(port: number): Promise<void>
  close(): Promise<void>
}

/** Creates the links. The servers may start later; `portOf` is where each will listen for these clients. */
export const createLinks = async (
  portOf: (server: LinkServer, client: LinkClient) => number,
): Promise<Links> => {
  const both = async (portFor: (client: LinkClient) => number): Promise<Record<LinkClient, Proxy>> => {
    const linkFor = (client: LinkClient) => createProxy({ host: '127.0.0.1', port: portFor(client) })
    const [api, worker] = await Promise.all([linkFor('api'), linkFor('worker')])
    return { api, worker }
  }
  const toServer = (server: LinkServer) => both((client) => portOf(server, client))
  const [redis, kafka, mysql] = await Promise.all([toServer('redis'), toServer('kafka'), toServer('mysql')])
  const of = { redis, kafka, mysql }
  return {
    of,
    to: (server) => Object.values(of[server]),
    async openRedis(port) {
      of.redis = await both(() => port)
    },
    async close() {
      await Promise.all(
        linkServers.flatMap((server) => Object.values(of[server]).map((link) => link.close())),
      )
    },
  }
}

import { createLink, type Link } from './link.ts'

export const linkClients = ['api', 'worker'] as const
export const linkServers = ['redis', 'kafka', 'mysql'] as const

/** The processes that share a link to each server: all API processes, or all workers. */
export type LinkClient = (typeof linkClients)[number]
export type LinkServer = (typeof linkServers)[number]

/** The six links between the processes under test and the servers. */
export type Links = {
  readonly of: Readonly<Record<LinkServer, Readonly<Record<LinkClient, Link>>>>
  /** Both links of one server. */
  to(server: LinkServer): readonly Link[]
  /** Opens links to the Redis on this port, at new addresses. From then on `of` and `to` have these. */
  openRedis(port: number): Promise<void>
  close(): Promise<void>
}

/** Creates the links. The servers may start later; `portsOf` is where each will listen for these clients. */
export const createLinks = async (
  portsOf: (server: LinkServer, client: LinkClient) => readonly number[],
): Promise<Links> => {
  const both = async (
    portsFor: (client: LinkClient) => readonly number[],
  ): Promise<Record<LinkClient, Link>> => {
    const [api, worker] = await Promise.all([createLink(portsFor('api')), createLink(portsFor('worker'))])
    return { api, worker }
  }
  const toServer = (server: LinkServer) => both((client) => portsOf(server, client))
  const [redis, kafka, mysql] = await Promise.all([toServer('redis'), toServer('kafka'), toServer('mysql')])
  const of = { redis, kafka, mysql }
  return {
    of,
    to: (server) => Object.values(of[server]),
    async openRedis(port) {
      of.redis = await both(() => [port])
    },
    async close() {
      await Promise.all(
        linkServers.flatMap((server) => Object.values(of[server]).map((link) => link.close())),
      )
    },
  }
}

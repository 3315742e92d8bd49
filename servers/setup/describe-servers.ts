import type { ServerConnections } from '../../platform/connections/server-connections.ts'
import { describeSource } from '../install/describe-source.ts'
import { type FoundSources, type ServerName, serverNames } from '../install/find-servers.ts'
import type { ServerRow } from '../server-table.ts'
import { installedVersion } from '../versions/installed-version.ts'
import { runningVersion } from '../versions/running-version.ts'

const titles: Record<ServerName, string> = { redis: 'Redis', kafka: 'Kafka', database: 'database' }

const rowOf = async (
  name: ServerName,
  sources: FoundSources,
  connections: ServerConnections,
): Promise<ServerRow> => {
  const source = sources[name]
  if (source === undefined) return { product: titles[name], version: 'missing', origin: '' }
  const version =
    source.kind === 'address'
      ? await runningVersion(name, sources, connections)
      : await installedVersion(name, sources)
  return { ...version, origin: await describeSource(name, sources) }
}

/** Product and version of each server, and where it comes from, or that it is missing. */
export const describeServers = (
  sources: FoundSources,
  connections: ServerConnections,
): Promise<ServerRow[]> => Promise.all(serverNames.map((name) => rowOf(name, sources, connections)))

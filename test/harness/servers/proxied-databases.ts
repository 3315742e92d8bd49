import { connectDatabase, type Database } from '../../../platform/mysql/database.ts'
import { createProxy, type Proxy } from '../../../servers/network/proxy.ts'
import { createOwnDatabase, type OwnDatabase } from './own-database.ts'

/** A database behind a proxy, with a table `notes` of ids and words of at most four characters. */
export type ProxiedDatabase = {
  /** Past the proxy. */
  readonly own: OwnDatabase
  readonly proxy: Proxy
  /** Through the proxy, with one connection and 300 ms for a statement. */
  connect(): Database
  /** The words in the table. */
  words(): Promise<unknown[]>
  /** Restores the proxy, closes what was connected and empties the table. */
  reset(): Promise<void>
  close(): Promise<void>
}

export const openProxiedDatabase = async (): Promise<ProxiedDatabase> => {
  const own = await createOwnDatabase({ isBare: true })
  await own.change('CREATE TABLE notes (id INT PRIMARY KEY, word VARCHAR(4) NOT NULL)')
  const url = new URL(own.url)
  const proxy = await createProxy({ host: url.hostname, port: Number(url.port) })
  url.hostname = '127.0.0.1'
  url.port = String(proxy.port)
  const connected: Database[] = []
  return {
    own,
    proxy,
    connect() {
      const database = connectDatabase({ url: url.href, connectionsMax: 1, queryTimeoutMs: 300 })
      connected.push(database)
      return database
    },
    words: async () => (await own.rows('SELECT word FROM notes ORDER BY id')).map(({ word }) => word),
    async reset() {
      proxy.restore()
      proxy.release()
      await Promise.all(connected.splice(0).map((database) => database.close()))
      await own.change('DELETE FROM notes')
    },
    async close() {
      await proxy.close()
      await own.close()
    },
  }
}

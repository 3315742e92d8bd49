import { connectDatabase, type Database } from '../../platform/mysql/database.ts'
import { readPassword, startDatabase } from '../../servers/start-database.ts'
import { type SupervisedProcess, superviseProcess } from './supervised-process.ts'

/** The database of the stack. */
export type StackDatabase = {
  readonly server: SupervisedProcess
  /** Its URL for a process that reaches it through the link on this port. */
  urlAt(port: number): string
  /** Past the links. */
  readonly database: Database
  /** Lets it refuse every write of the stack's processes, or accept them again. */
  setReadOnly(isReadOnly: boolean): Promise<void>
  stop(): Promise<void>
}

export type StackDatabaseOptions = {
  folder: string
  program: string
  port: number
  say(line: string): void
}

export const startStackDatabase = async ({
  folder,
  program,
  port,
  say,
}: StackDatabaseOptions): Promise<StackDatabase> => {
  const extraArguments = ['--innodb-buffer-pool-size=128M']
  const launch = () => startDatabase({ folder, program, port, extraArguments })
  const server = superviseProcess({ name: 'mysql', folder, launch, say })
  await server.start()
  const password = await readPassword(folder)
  const urlAt = (at: number): string => `mysql://firstcome:${password}@127.0.0.1:${at}/firstcome`
  const database = connectDatabase({ url: urlAt(port), connectionsMax: 3, queryTimeoutMs: 15_000 })
  const [row] = await database.read('SELECT @@socket AS socket')
  // Root may write even while it is read-only, and connects through the socket alone.
  const rootUrl = new URL(urlAt(port))
  rootUrl.username = 'root'
  rootUrl.searchParams.set('socketPath', String(row?.['socket']))
  const root = connectDatabase({ url: rootUrl.href, connectionsMax: 1, queryTimeoutMs: 3_000 })
  return {
    server,
    urlAt,
    database,
    async setReadOnly(isReadOnly) {
      await root.change(`SET GLOBAL read_only = ${isReadOnly ? 1 : 0}`)
    },
    async stop() {
      await Promise.all([root.close(), database.close()])
      await server.stop()
    },
  }
}

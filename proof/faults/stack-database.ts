import { join } from 'node:path'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { connectDatabase, type Database } from '../../platform/mysql/database.ts'
import { serverErrorNumber } from '../../platform/mysql/errors.ts'
import { readPassword, startDatabase } from '../../servers/start-database.ts'
import { type SupervisedProcess, superviseProcess } from './supervised-process.ts'

/** The database of the stack. */
export type StackDatabase = {
  readonly server: SupervisedProcess
  /** Its URL for a process that reaches it through the link at this `host:port`. */
  urlAt(address: string): string
  /** Past the links. */
  readonly database: Database
  /** Lets it refuse every write of the stack's processes, or accept them again. */
  setReadOnly(isReadOnly: boolean): Promise<void>
  /** Leaves the last migration half done: it is not recorded, and its last index does not exist. */
  undoMigration(): Promise<void>
  stop(): Promise<void>
}

export type StackDatabaseOptions = {
  folder: string
  program: string
  port: number
  /** Added to the environment of the server. */
  environment: Readonly<Record<string, string>>
  say(line: string): void
}

const nothingToDrop = 1091
const migrationsFolder = join(import.meta.dirname, '..', '..', 'migrations')

/** Undoes the last CREATE INDEX of the migrations. */
const dropLastIndex = (): string => {
  const statements = readMigrationFiles({ migrationsFolder }).flatMap(({ sql }) => sql)
  const created = statements.map((one) => /CREATE INDEX (`\w+`) ON (`\w+`)/.exec(one)).findLast(Boolean)
  if (created === undefined || created === null) throw new Error('no migration creates an index')
  return `DROP INDEX ${created[1]} ON ${created[2]}`
}

export const startStackDatabase = async ({
  folder,
  program,
  port,
  environment,
  say,
}: StackDatabaseOptions): Promise<StackDatabase> => {
  const extraArguments = ['--innodb-buffer-pool-size=128M']
  const launch = () => startDatabase({ folder, program, port, environment, extraArguments })
  const server = superviseProcess({ name: 'mysql', folder, launch, say })
  await server.start()
  const password = await readPassword(folder)
  const urlAt = (address: string): string => `mysql://firstcome:${password}@${address}/firstcome`
  const database = connectDatabase({
    url: urlAt(`127.0.0.1:${port}`),
    connectionsMax: 3,
    queryTimeoutMs: 15_000,
  })
  const [row] = await database.read('SELECT @@socket AS socket')
  // Root may write even while it is read-only, and connects through the socket alone.
  const rootUrl = new URL(urlAt(`127.0.0.1:${port}`))
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
    async undoMigration() {
      await database.change('DELETE FROM __drizzle_migrations ORDER BY id DESC LIMIT 1')
      await database.change(dropLastIndex()).catch((cause: unknown) => {
        // An earlier migration was killed before it created it again.
        if (serverErrorNumber(cause) !== nothingToDrop) throw cause
      })
    },
    async stop() {
      await Promise.all([root.close(), database.close()])
      await server.stop()
    },
  }
}

import type { Stack } from './stack.ts'

const fieldOf = (info: string, field: string): string | undefined =>
  new RegExp(`^${field}:([^\\r\\n]*)`, 'm').exec(info)?.[1]

/** What the servers of the stack call themselves, as in `Redis 7.0.15`. */
export const serverVersions = async ({ redis, kafka, database }: Stack): Promise<string[]> => {
  const info = String(await redis.master().control.command('INFO', 'server'))
  const [rows] = await database.database.pool.query({ sql: 'SELECT VERSION() AS version' }, [])
  const [row]: unknown[] = Array.isArray(rows) ? rows : []
  const version = row instanceof Object && 'version' in row ? String(row.version) : 'unknown'
  const isMariadb = version.includes('MariaDB')
  return [
    `Redis ${fieldOf(info, 'redis_version') ?? 'unknown'}`,
    `Kafka ${kafka.version}`,
    `${isMariadb ? 'MariaDB' : 'MySQL'} ${version.split('-')[0]}`,
  ]
}

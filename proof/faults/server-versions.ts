import { fieldsOf } from '../../coupon/requirements/redis-reading.ts'
import { createLedgerReader } from '../../load/ledger/ledger-reader.ts'
import type { Stack } from './stack.ts'

/** The versions that the servers of the stack report, as in `Redis 7.0.15`. */
export const serverVersions = async ({ redis, kafka, database }: Stack): Promise<string[]> => {
  const info = fieldsOf(String(await redis.master().control.command('INFO', 'server')))
  const version = await createLedgerReader(database.database).version()
  const isMariadb = version.includes('MariaDB')
  return [
    `Redis ${info.get('redis_version') ?? 'unknown'}`,
    `Kafka ${kafka.version}`,
    `${isMariadb ? 'MariaDB' : 'MySQL'} ${version.split('-')[0]}`,
  ]
}

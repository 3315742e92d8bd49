import { createLedgerReader } from '../../load/ledger/ledger-reader.ts'
import {
  inWords,
  type ProductVersion,
  parseDatabaseVersion,
  parseRedisInfo,
} from '../../servers/versions/product-version.ts'
import type { Stack } from './stack.ts'

/** The versions that the servers of the stack report, as in `Redis 7.0.15`. */
export const serverVersions = async ({ redis, kafka, database }: Stack): Promise<string[]> => {
  const versions: ProductVersion[] = [
    parseRedisInfo(String(await redis.master().control.command('INFO', 'server'))),
    { product: 'Kafka', version: kafka.version },
    parseDatabaseVersion(await createLedgerReader(database.database).version()),
  ]
  return versions.map(inWords)
}

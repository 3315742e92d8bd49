/** A server product, as in MariaDB 10.11.19. The version is undefined when it could not be read. */
export type ProductVersion = { product: string; version: string | undefined }

/** As in `Redis 7.0.15`. */
export const inWords = ({ product, version }: { product: string; version?: string | undefined }): string =>
  `${product} ${version ?? 'unknown'}`

const versionIn = (text: string): string | undefined => /\d+\.\d+(?:\.\d+)?/.exec(text)?.[0]

/** Reads `redis-server --version`: "Redis server v=7.0.15 …" or "Valkey server v=8.1.1 …". */
export const parseRedisProgram = (text: string): ProductVersion => ({
  product: text.startsWith('Valkey') ? 'Valkey' : 'Redis',
  version: versionIn(text),
})

/** Reads the answer to INFO. Valkey adds its own version to that of the Redis that it is compatible with. */
export const parseRedisInfo = (info: string): ProductVersion => {
  const field = (name: string): string | undefined => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1]
  const valkey = field('valkey_version')
  return valkey === undefined
    ? { product: 'Redis', version: field('redis_version') }
    : { product: 'Valkey', version: valkey }
}

/** Reads `mysqld --version` or the answer to SELECT VERSION(): "10.11.19-MariaDB-0+deb12u1", "8.4.10". */
export const parseDatabaseVersion = (text: string): ProductVersion => ({
  product: text.includes('MariaDB') ? 'MariaDB' : 'MySQL',
  version: versionIn(text),
})

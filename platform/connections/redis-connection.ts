import { z } from 'zod'
import { certificateFile, privateKeyFile } from './pem-file.ts'
import { redisAddress } from './redis-address.ts'
import { parseSentinelAddress } from './sentinel-address.ts'
import type { TlsFiles } from './tls-files.ts'

/** How Redis is reached. */
export type RedisConnection = {
  /** `redis:`, `rediss:`, `redis+sentinel:` or `rediss+sentinel:`. */
  url: string
  /** For the addresses with TLS. */
  tls?: TlsFiles | undefined
  /** Credentials at the sentinels; those of Redis stand in the address. */
  sentinelUsername?: string | undefined
  sentinelPassword?: string | undefined
}

/** The column in which the ledger notes an address. */
const addressLengthMax = 255

const expected =
  'expected an address as in redis://127.0.0.1:6379, rediss://user:password@host:6379, ' +
  'or redis+sentinel://user:password@host1:26379,host2:26379/master'

/** The setting alone. There is no default. */
export const redisUrl = z.string({ error: expected }).refine(
  (url) => {
    if (parseSentinelAddress(url) !== undefined) return redisAddress(url).length <= addressLengthMax
    return ['redis:', 'rediss:'].includes(URL.parse(url)?.protocol ?? '')
  },
  { error: expected },
)

/** Settings of a program that connects to Redis. */
export const redisConnectionSettings = {
  REDIS_URL: redisUrl.describe(
    'Address of Redis: redis://127.0.0.1:6379, or rediss:// for TLS. With Sentinel redis+sentinel://user:password@host1:26379,host2:26379/master, or rediss+sentinel:// for TLS to all of them.',
  ),
  REDIS_CA_FILE: certificateFile
    .optional()
    .describe(
      'File of certificates (PEM) that sign that of Redis, instead of those of the system. With rediss only.',
    ),
  REDIS_CERT_FILE: certificateFile
    .optional()
    .describe(
      'File of our own certificate (PEM), when Redis or Sentinel asks for one (tls-auth-clients yes).',
    ),
  REDIS_KEY_FILE: privateKeyFile
    .optional()
    .describe('File of the key of REDIS_CERT_FILE (PEM, no passphrase).'),
  REDIS_SENTINEL_USERNAME: z.string().optional().describe('User at the sentinels, when they have users.'),
  REDIS_SENTINEL_PASSWORD: z
    .string()
    .optional()
    .describe('Password of the sentinels. That of Redis stands in REDIS_URL.'),
}

type Values = z.infer<z.ZodObject<typeof redisConnectionSettings>>

export const redisConnection = (settings: Values): RedisConnection => ({
  url: settings.REDIS_URL,
  tls: { ca: settings.REDIS_CA_FILE, cert: settings.REDIS_CERT_FILE, key: settings.REDIS_KEY_FILE },
  sentinelUsername: settings.REDIS_SENTINEL_USERNAME,
  sentinelPassword: settings.REDIS_SENTINEL_PASSWORD,
})

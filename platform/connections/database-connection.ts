import { isIP } from 'node:net'
import { z } from 'zod'
import { certificateFile, privateKeyFile } from './pem-file.ts'
import type { TlsFiles } from './tls-files.ts'

/** How the database is reached. */
export type DatabaseConnection = {
  /** `mysql://user:password@host:port/database` */
  url: string
  /** Left out: no TLS, unless the address asks for it. */
  tls?: TlsFiles | undefined
}

const expected = 'expected an address as in mysql://user:password@127.0.0.1:3306/firstcome'

/** The setting alone. There is no default. */
export const databaseUrl = z
  .string({ error: expected })
  .refine((url) => URL.parse(url)?.protocol === 'mysql:', { error: expected })

/** Settings of a program that connects to the database. */
export const databaseConnectionSettings = {
  DATABASE_URL: databaseUrl.describe(
    'Address of MySQL or MariaDB with its database. As in mysql://user:password@127.0.0.1:3306/firstcome',
  ),
  DATABASE_TLS: z
    .enum(['true', 'false'], { error: 'expected true or false' })
    .optional()
    .describe(
      'Whether TLS is required: true trusts the authorities of the system, and needs a host name in DATABASE_URL. DATABASE_CA_FILE requires TLS too.',
    ),
  DATABASE_CA_FILE: certificateFile
    .optional()
    .describe('File of certificates (PEM) that sign that of the database, instead of those of the system.'),
  DATABASE_CERT_FILE: certificateFile
    .optional()
    .describe('File of our own certificate (PEM), when the database asks for one (REQUIRE X509).'),
  DATABASE_KEY_FILE: privateKeyFile
    .optional()
    .describe('File of the key of DATABASE_CERT_FILE (PEM, no passphrase).'),
}

type Values = z.infer<z.ZodObject<typeof databaseConnectionSettings>>

/**
 * Whether the driver can compare the name in the certificate. It compares that of an IP address with
 * `localhost`; then only an authority that is the database's own protects.
 */
export const hasHostName = (url: string): boolean =>
  isIP((URL.parse(url)?.hostname ?? '').replace(/^\[|\]$/g, '')) === 0

export const databaseConnection = (settings: Values): DatabaseConnection => {
  const { DATABASE_CA_FILE: ca, DATABASE_CERT_FILE: cert, DATABASE_KEY_FILE: key } = settings
  const isSecure = settings.DATABASE_TLS === 'true' || ca !== undefined
  return { url: settings.DATABASE_URL, tls: isSecure ? { ca, cert, key } : undefined }
}

import { z } from 'zod'
import { parseHostPort } from './host-port.ts'
import { certificateFile, privateKeyFile } from './pem-file.ts'
import type { TlsFiles } from './tls-files.ts'

const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const

/** How the brokers are reached. */
export type KafkaConnection = {
  /** `host:port` of one or more brokers. */
  brokers: string[]
  /** Left out: no TLS. */
  tls?: TlsFiles | undefined
  /** Left out: no authentication. */
  sasl?: { mechanism: (typeof mechanisms)[number]; username: string; password: string } | undefined
}

const expected = 'expected host:port, several with commas between, and IPv6 as in [::1]:9092'

/** The setting alone. There is no default. */
export const kafkaBrokers = z
  .string({ error: expected })
  .transform((text) => text.split(',').map((broker) => broker.trim()))
  .refine((brokers) => brokers.every((broker) => parseHostPort(broker) !== undefined), { error: expected })

/** Settings of a program that connects to Kafka. */
export const kafkaConnectionSettings = {
  KAFKA_BROKERS: kafkaBrokers.describe(
    'Brokers as host:port, several with commas between. As in 127.0.0.1:9092 or [::1]:9092',
  ),
  KAFKA_TLS: z
    .enum(['true', 'false'], { error: 'expected true or false' })
    .optional()
    .describe(
      'Whether the listener of KAFKA_BROKERS speaks TLS (SSL or SASL_SSL): true trusts the authorities of the system. KAFKA_CA_FILE requires TLS too.',
    ),
  KAFKA_CA_FILE: certificateFile
    .optional()
    .describe('File of certificates (PEM) that sign those of the brokers, instead of those of the system.'),
  KAFKA_CERT_FILE: certificateFile
    .optional()
    .describe('File of our own certificate (PEM), when the brokers ask for one (ssl.client.auth).'),
  KAFKA_KEY_FILE: privateKeyFile
    .optional()
    .describe('File of the key of KAFKA_CERT_FILE (PEM, no passphrase).'),
  KAFKA_SASL_MECHANISM: z
    .string()
    .toLowerCase()
    .pipe(z.enum(mechanisms, { error: `expected ${mechanisms.join(', ')}` }))
    .optional()
    .describe(`How a user is proved to the brokers: ${mechanisms.join(', ')}. Not set: not at all.`),
  KAFKA_SASL_USERNAME: z.string().optional().describe('User at the brokers.'),
  KAFKA_SASL_PASSWORD: z.string().optional().describe('Password of KAFKA_SASL_USERNAME.'),
}

type Values = z.infer<z.ZodObject<typeof kafkaConnectionSettings>>

export const kafkaConnection = (settings: Values): KafkaConnection => {
  const { KAFKA_CA_FILE: ca, KAFKA_CERT_FILE: cert, KAFKA_KEY_FILE: key } = settings
  const { KAFKA_SASL_MECHANISM: mechanism } = settings
  const { KAFKA_SASL_USERNAME: username = '', KAFKA_SASL_PASSWORD: password = '' } = settings
  return {
    brokers: settings.KAFKA_BROKERS,
    tls: settings.KAFKA_TLS === 'true' || ca !== undefined ? { ca, cert, key } : undefined,
    sasl: mechanism === undefined ? undefined : { mechanism, username, password },
  }
}

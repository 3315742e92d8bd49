import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inject } from 'vitest'
import { connectRedis } from '../../../platform/redis.ts'
import { findFreePort } from '../../../servers/ports.ts'
import { startDatabase } from '../../../servers/start-database.ts'
import { startKafka } from '../../../servers/start-kafka.ts'
import { startRedis } from '../../../servers/start-redis.ts'
import { findFreeServerPorts } from '../../../servers/start-servers.ts'
import { createAuthority } from '../values/certificates.ts'
import { findKafkaProgram } from './brokers.ts'

/** Redis, Kafka and MySQL that answer over TLS alone, and only to users with a password. */
export type SecuredServers = {
  /** What a process of ours needs to reach them, with tables and topics not yet made. */
  readonly environment: Record<string, string>
  /** A file with the certificate of an authority that signed none of theirs. */
  readonly otherAuthorityFile: string
  readonly password: string
  stop(): Promise<void>
}

/** Files of one authority and of one server, which has the names `localhost` and 127.0.0.1. */
const writeCertificates = async (folder: string) => {
  await mkdir(folder, { recursive: true })
  const [authority, other] = [createAuthority(), createAuthority()]
  const { certificate, key } = authority.issue('localhost', '127.0.0.1')
  const write = async (name: string, text: string): Promise<string> => {
    const file = join(folder, name)
    await writeFile(file, text)
    return file
  }
  return {
    ca: await write('ca.pem', authority.certificate),
    otherCa: await write('other-ca.pem', other.certificate),
    certificate: await write('server.pem', certificate),
    key: await write('server.key', key),
    both: await write('both.pem', `${key}${certificate}`),
  }
}

const scram = (user: string, password: string): string[] =>
  ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${user},password=${password}]`,
  ])

const login = (module: string, rest = ''): string =>
  `org.apache.kafka.common.security.${module} required${rest};`

/** The listener without TLS is the broker's own, and that of the check whether it has started. */
const kafkaSettings = (
  ports: { own: number; secured: number; controller: number },
  certificates: { both: string; ca: string },
  { user, password }: { user: string; password: string },
): Record<string, string> => ({
  listeners:
    `PLAINTEXT://127.0.0.1:${ports.own},SASL_SSL://127.0.0.1:${ports.secured},` +
    `CONTROLLER://127.0.0.1:${ports.controller}`,
  'advertised.listeners': `PLAINTEXT://127.0.0.1:${ports.own},SASL_SSL://127.0.0.1:${ports.secured}`,
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT',
  'ssl.keystore.type': 'PEM',
  'ssl.keystore.location': certificates.both,
  'ssl.truststore.type': 'PEM',
  'ssl.truststore.location': certificates.ca,
  'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
  'listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config': login('scram.ScramLoginModule'),
  'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config': login('scram.ScramLoginModule'),
  'listener.name.sasl_ssl.plain.sasl.jaas.config': login(
    'plain.PlainLoginModule',
    ` user_${user}="${password}"`,
  ),
})

/** Starts them in a folder of this name. */
export const startSecuredServers = async (name: string): Promise<SecuredServers> => {
  const folder = join(inject('folder'), name)
  const files = await writeCertificates(join(folder, 'certificates'))
  const [user, password] = ['shop', 'correct-horse']
  const ports = await findFreeServerPorts()
  const [redisTls, kafkaTls] = await Promise.all([findFreePort(), findFreePort()])
  const [redis, kafka, database] = await Promise.all([
    startRedis({
      folder: join(folder, 'redis'),
      port: ports.redis,
      extraArguments: [
        ...['--appendonly', 'no', '--tls-port', String(redisTls), '--tls-auth-clients', 'no'],
        ...[
          '--tls-cert-file',
          files.certificate,
          '--tls-key-file',
          files.key,
          '--tls-ca-cert-file',
          files.ca,
        ],
      ],
    }),
    startKafka({
      folder: join(folder, 'kafka'),
      port: ports.kafka,
      controllerPort: ports.kafkaController,
      program: await findKafkaProgram(folder),
      heapMaxMb: 256,
      extraSettings: kafkaSettings(
        { own: ports.kafka, secured: kafkaTls, controller: ports.kafkaController },
        files,
        {
          user,
          password,
        },
      ),
      formatArguments: scram(user, password),
    }),
    startDatabase({
      folder: join(folder, 'database'),
      port: ports.database,
      extraArguments: [
        ...[`--ssl-cert=${files.certificate}`, `--ssl-key=${files.key}`, `--ssl-ca=${files.ca}`],
        ...['--require-secure-transport=ON', '--innodb-buffer-pool-size=64M'],
      ],
    }),
  ])
  const control = connectRedis({ url: redis.url, commandTimeoutMs: 2_000, onError: () => {} })
  await control.waitForConnection(5_000)
  await control.command('ACL', 'SETUSER', user, 'on', `>${password}`, '~*', '&*', '+@all')
  await control.command('ACL', 'SETUSER', 'default', 'off')
  control.close()
  return {
    password,
    otherAuthorityFile: files.otherCa,
    environment: {
      ...inject('environment'),
      REDIS_URL: `rediss://${user}:${password}@localhost:${redisTls}`,
      REDIS_CA_FILE: files.ca,
      DATABASE_URL: database.url.replace('127.0.0.1', 'localhost'),
      DATABASE_CA_FILE: files.ca,
      KAFKA_BROKERS: `127.0.0.1:${kafkaTls}`,
      KAFKA_CA_FILE: files.ca,
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_SASL_USERNAME: user,
      KAFKA_SASL_PASSWORD: password,
    },
    async stop() {
      await Promise.all([redis, kafka, database].map((server) => server.stop()))
    },
  }
}

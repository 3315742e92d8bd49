import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createAuthority } from '../../test/harness/values/certificates.ts'
import { readSettings } from '../settings.ts'
import { fitTogether, serverConnectionSettings, serverConnections } from './server-connections.ts'

const folder = mkdtempSync(join(tmpdir(), 'firstcome-connections-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const authority = createAuthority()
const [own, other] = [authority.issue('client'), authority.issue('other')]
const ca = file('ca.pem', authority.certificate)
const [certificate, key] = [file('own.pem', own.certificate), file('own.key', own.key)]
const otherKey = file('other.key', other.key)
const broken = file('broken.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
const words = file('words.pem', 'no certificate')

const plain = {
  REDIS_URL: 'redis://127.0.0.1:6379',
  KAFKA_BROKERS: '[::1]:9092,one:9093',
  DATABASE_URL: 'mysql://me:word@db/firstcome',
}
const read = (changes: Record<string, string>) =>
  serverConnections(readSettings(fitTogether(z.object(serverConnectionSettings)), { ...plain, ...changes }))

describe('how servers are reached', () => {
  test('without further settings there is neither TLS nor a user', () => {
    expect(read({})).toEqual({
      redis: { url: plain.REDIS_URL, tls: {} },
      kafka: { brokers: ['[::1]:9092', 'one:9093'] },
      database: { url: plain.DATABASE_URL },
    })
  })

  test.each([
    ['the authorities of the system', { KAFKA_TLS: 'true', DATABASE_TLS: 'true' }, {}],
    ['an authority of its own', { KAFKA_CA_FILE: ca, DATABASE_CA_FILE: ca }, { ca: authority.certificate }],
  ])('TLS trusts %s', (_, changes, tls) => {
    expect(read(changes)).toMatchObject({ kafka: { tls }, database: { tls } })
  })

  test('a certificate of our own goes with its key', () => {
    const secured = { REDIS_URL: 'rediss://host', REDIS_CERT_FILE: certificate, REDIS_KEY_FILE: key }
    expect(read(secured).redis.tls).toMatchObject({ cert: own.certificate, key: own.key })
  })

  test('the mechanism may be written as Kafka writes it', () => {
    const user = { KAFKA_SASL_USERNAME: 'me', KAFKA_SASL_PASSWORD: 'word' }
    expect(read({ ...user, KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512' }).kafka.sasl).toEqual({
      mechanism: 'scram-sha-512',
      username: 'me',
      password: 'word',
    })
  })
})

const user = { KAFKA_SASL_USERNAME: 'me', KAFKA_SASL_PASSWORD: 'hush-hush' }

describe('settings that do not fit together are refused by name', () => {
  test.each<[string, RegExp, Record<string, string>]>([
    ['KAFKA_CA_FILE', /PEM.*ENOENT/, { KAFKA_CA_FILE: join(folder, 'missing.pem') }],
    ['KAFKA_CA_FILE', /it holds no certificate/, { KAFKA_CA_FILE: words }],
    ['KAFKA_CA_FILE', /PEM/, { KAFKA_CA_FILE: broken }],
    ['KAFKA_CA_FILE', /it holds no certificate/, { KAFKA_CA_FILE: key }],
    [
      'KAFKA_KEY_FILE',
      /private key/,
      { KAFKA_TLS: 'true', KAFKA_CERT_FILE: certificate, KAFKA_KEY_FILE: ca },
    ],
    [
      'KAFKA_KEY_FILE',
      /the key of KAFKA_CERT_FILE/,
      { KAFKA_TLS: 'true', KAFKA_CERT_FILE: certificate, KAFKA_KEY_FILE: otherKey },
    ],
    ['KAFKA_CERT_FILE', /only with KAFKA_KEY_FILE/, { KAFKA_TLS: 'true', KAFKA_CERT_FILE: certificate }],
    ['KAFKA_CERT_FILE', /only with KAFKA_TLS/, { KAFKA_CERT_FILE: certificate, KAFKA_KEY_FILE: key }],
    ['KAFKA_TLS', /true or false/, { KAFKA_TLS: 'yes' }],
    ['KAFKA_TLS', /true with KAFKA_CA_FILE/, { KAFKA_TLS: 'false', KAFKA_CA_FILE: ca }],
    ['KAFKA_SASL_MECHANISM', /plain, scram-sha-256, scram-sha-512/, { ...user, KAFKA_SASL_MECHANISM: 'md5' }],
    [
      'KAFKA_SASL_MECHANISM',
      /KAFKA_SASL_USERNAME/,
      { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_PASSWORD: 'w' },
    ],
    ['KAFKA_SASL_PASSWORD', /KAFKA_SASL_MECHANISM/, { KAFKA_SASL_PASSWORD: 'hush-hush' }],
    ['KAFKA_BROKERS', /host:port/, { KAFKA_BROKERS: '' }],
    [
      'DATABASE_TLS',
      /a host name in DATABASE_URL/,
      { DATABASE_TLS: 'true', DATABASE_URL: 'mysql://[::1]/x' },
    ],
    ['REDIS_CA_FILE', /rediss/, { REDIS_CA_FILE: ca }],
    ['REDIS_SENTINEL_PASSWORD', /sentinel/, { REDIS_SENTINEL_PASSWORD: 'hush-hush' }],
  ])('%s: %s', (setting, message, changes) => {
    const attempt = () => read(changes)
    expect(attempt).toThrow(expect.objectContaining({ code: 'refused' }))
    expect(attempt).toThrow(new RegExp(`\\n  ${setting}: [^\\n]*${message.source}`))
    expect(attempt).toThrow(expect.not.stringContaining('hush-hush'))
  })

  test('a setting of a server that is not named is refused', () => {
    const optional = fitTogether(
      z.object({ ...serverConnectionSettings, KAFKA_BROKERS: z.string().optional() }),
    )
    expect(() => readSettings(optional, { ...plain, KAFKA_BROKERS: '', KAFKA_CA_FILE: ca })).toThrow(
      /KAFKA_CA_FILE: only with KAFKA_BROKERS/,
    )
  })
})

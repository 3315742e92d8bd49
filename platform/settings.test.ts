import { expect, test } from 'vitest'
import { z } from 'zod'
import { databaseUrl } from './connections/database-connection.ts'
import { kafkaBrokers } from './connections/kafka-connection.ts'
import { redisUrl } from './connections/redis-connection.ts'
import {
  adminToken,
  count,
  distinctSecrets,
  jwtSecret,
  logLevel,
  milliseconds,
  port,
  readSettings,
} from './settings.ts'

const shape = z.object({
  REDIS_URL: redisUrl,
  KAFKA_BROKERS: kafkaBrokers,
  DATABASE_URL: databaseUrl,
  JWT_SECRET: jwtSecret(),
  API_PORT: port(8_080),
  BATCH_SIZE_MAX: count(256, 512),
  TIMEOUT_MS: milliseconds(1_000),
  LOG_LEVEL: logLevel,
})
const good = {
  REDIS_URL: 'redis://127.0.0.1:6379',
  KAFKA_BROKERS: 'one:9092, two:9093',
  DATABASE_URL: 'mysql://user:word@127.0.0.1:3306/firstcome',
  JWT_SECRET: 'x'.repeat(32),
}

test('what is left out, or empty, has its default', () => {
  const settings = {
    ...good,
    KAFKA_BROKERS: ['one:9092', 'two:9093'],
    API_PORT: 8_080,
    BATCH_SIZE_MAX: 256,
    TIMEOUT_MS: 1_000,
    LOG_LEVEL: 'info',
  }
  expect(readSettings(shape, good)).toEqual(settings)
  expect(readSettings(shape, { ...good, API_PORT: '', TIMEOUT_MS: '', LOG_LEVEL: '', PATH: '/bin' })).toEqual(
    settings,
  )
})

test('every fault is listed at once, one a line, by the name of its variable', () => {
  const environment = {
    REDIS_URL: 'http://x',
    JWT_SECRET: 'short',
    API_PORT: '65536',
    BATCH_SIZE_MAX: 'many',
    TIMEOUT_MS: '0',
    LOG_LEVEL: 'loud',
  }
  expect(() => readSettings(shape, environment)).toThrow(
    expect.objectContaining({
      code: 'refused',
      message: expect.stringMatching(/^These settings are missing or wrong:\n(?: {2}[A-Z_]+: .+\n?){8}$/),
    }),
  )
  for (const name of Object.keys(shape.shape))
    expect(() => readSettings(shape, environment)).toThrow(`\n  ${name}: `)
})

test('a secret is not shown in the fault that names it', () => {
  expect(() => readSettings(shape, { ...good, JWT_SECRET: 'hunter2' })).toThrow(
    expect.not.stringContaining('hunter2'),
  )
  expect(() => readSettings(shape, { ...good, DATABASE_URL: 'postgres://user:hunter2@host/x' })).toThrow(
    expect.not.stringContaining('hunter2'),
  )
})

test.each([
  [
    'REDIS_URL',
    ['redis://localhost', 'rediss://user:word@host:6380/1'],
    ['127.0.0.1:6379', 'redis', 'http://host', ' '],
  ],
  [
    'DATABASE_URL',
    ['mysql://localhost/x', 'mysql://u:p@host:1/x'],
    ['postgres://host/x', 'host:3306', 'mysql'],
  ],
  [
    'KAFKA_BROKERS',
    ['host:1', 'a:1,b:2', ' a:1 , b:2 '],
    ['host', 'host:', ':9092', 'a:1,', 'a:1 b:2', 'a:1;b:2', 'a:123456'],
  ],
  ['API_PORT', ['0', '1', '65535'], ['-1', '65536', '80.5', 'http', '8080x']],
  ['BATCH_SIZE_MAX', ['1', '512'], ['0', '513', '-1', '1.5', 'NaN', 'Infinity']],
  ['TIMEOUT_MS', ['1', '3600000'], ['0', '3600001', '1.5', '1s']],
  ['LOG_LEVEL', ['debug', 'info', 'warn', 'error', 'silent'], ['INFO', 'trace', 'all']],
  ['JWT_SECRET', ['x'.repeat(32), ' '.repeat(32), '가'.repeat(11)], ['x'.repeat(31), 'aaaaaaaa']],
])('%s takes %j and refuses %j', (name, taken, refused) => {
  for (const value of taken) expect(readSettings(shape, { ...good, [name]: value })).toHaveProperty(name)
  for (const value of refused)
    expect(() => readSettings(shape, { ...good, [name]: value })).toThrow(`\n  ${name}: `)
})

test('the token of operators has 16 bytes or more, and is not the secret of the tokens', () => {
  const secrets = z.object({ JWT_SECRET: jwtSecret(), ADMIN_TOKEN: adminToken() }).refine(...distinctSecrets)
  const [long, other] = ['x'.repeat(32), 'y'.repeat(16)]
  expect(readSettings(secrets, { JWT_SECRET: long, ADMIN_TOKEN: other })).toMatchObject({
    ADMIN_TOKEN: other,
  })
  expect(() => readSettings(secrets, { JWT_SECRET: long, ADMIN_TOKEN: 'y'.repeat(15) })).toThrow(
    'ADMIN_TOKEN: expected the token of operators, at least 16 bytes; make one with: openssl rand -base64 48',
  )
  expect(() => readSettings(secrets, { JWT_SECRET: long, ADMIN_TOKEN: long })).toThrow(
    'ADMIN_TOKEN: expected another value than JWT_SECRET; make one with: openssl rand -base64 48',
  )
  expect(() => readSettings(secrets, {})).toThrow(/JWT_SECRET: [^]*ADMIN_TOKEN: expected the token/)
})

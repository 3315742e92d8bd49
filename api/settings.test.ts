import { hash } from 'node:crypto'
import { expect, test } from 'vitest'
import { readSettings } from '../platform/settings.ts'
import { apiSettings } from './settings.ts'

const valid = {
  REDIS_URL: 'redis://127.0.0.1',
  KAFKA_BROKERS: '127.0.0.1:9092',
  DATABASE_URL: 'mysql://127.0.0.1/firstcome',
  JWT_SECRET: 'a secret of many bytes: at least 32',
  ADMIN_TOKEN: 'a token of operators',
}

test.each([
  [{ API_PROCESSES: '1', API_PORT: '0', STOP_DELAY_MS: '0' }],
  [{ API_PROCESSES: '64', API_PORT: '8080', STOP_DELAY_MS: '3000' }],
  [{ JWT_SECRET: '가'.repeat(11), ADMIN_TOKEN: 'sixteen letters.', JWT_LEEWAY_MS: '0' }],
])('the API accepts %j', (given) => {
  expect(() => readSettings(apiSettings, { ...valid, ...given })).not.toThrow()
})

test.each([
  [{ API_PROCESSES: '0' }, 'API_PROCESSES'],
  [{ API_PROCESSES: '65' }, 'API_PROCESSES'],
  [{ API_PROCESSES: 'all' }, 'API_PROCESSES'],
  [{ STOP_DELAY_MS: '3001' }, 'STOP_DELAY_MS'],
  [{ STOP_DELAY_MS: '-1' }, 'STOP_DELAY_MS'],
  [{ JWT_LEEWAY_MS: '300001' }, 'JWT_LEEWAY_MS'],
  [{ JWT_LEEWAY_MS: '-1' }, 'JWT_LEEWAY_MS'],
  [
    { JWT_SECRET: 'aaaaaaaa' },
    'JWT_SECRET: expected the secret that shopper tokens are signed with (HS256), at least 32 bytes; make one with: openssl rand -base64 48',
  ],
  [
    { ADMIN_TOKEN: 'fifteen letters' },
    'ADMIN_TOKEN: expected the token of operators, at least 16 bytes; make one with: openssl rand -base64 48',
  ],
  [{ ADMIN_TOKEN: valid.JWT_SECRET }, 'ADMIN_TOKEN: expected another value than JWT_SECRET; make one with: '],
  [{ OPERATORS: 'alice:admin:x' }, 'OPERATORS: expected name:role:hash, several with commas between'],
  [
    { OPERATORS: `alice:viewer:${hash('sha256', valid.ADMIN_TOKEN)}` },
    'OPERATORS: expected another token than ADMIN_TOKEN',
  ],
  [
    { API_PROCESSES: '2', API_PORT: '0' },
    'API_PORT: expected 1 to 65535 with API_PROCESSES above 1: a free port would be another for each process',
  ],
])('the API rejects %j', (given, fault) => {
  expect(() => readSettings(apiSettings, { ...valid, ...given })).toThrow(fault)
})

test('API_PORT=0 with several processes is reported together with all other errors', () => {
  const given = { ...valid, API_PROCESSES: '2', API_PORT: '0', STOP_DELAY_MS: '9000', ADMIN_TOKEN: 'short' }
  expect(() => readSettings(apiSettings, given)).toThrow(
    /ADMIN_TOKEN: [^]*STOP_DELAY_MS: [^]*API_PORT: expected 1 to 65535/,
  )
})

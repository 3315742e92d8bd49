import { expect, test } from 'vitest'
import { readSettings } from '../platform/settings.ts'
import { apiSettings } from './settings.ts'

const sound = {
  REDIS_URL: 'redis://127.0.0.1',
  KAFKA_BROKERS: '127.0.0.1:9092',
  DATABASE_URL: 'mysql://127.0.0.1/firstcome',
  JWT_SECRET: 'a secret',
  ADMIN_TOKEN: 'a token of operators',
}

test.each([
  [{ API_PROCESSES: '1', API_PORT: '0', STOP_DELAY_MS: '0' }],
  [{ API_PROCESSES: '64', API_PORT: '8080', STOP_DELAY_MS: '3000' }],
])('the API takes %j', (given) => {
  expect(() => readSettings(apiSettings, { ...sound, ...given })).not.toThrow()
})

test.each([
  [{ API_PROCESSES: '0' }, 'API_PROCESSES'],
  [{ API_PROCESSES: '65' }, 'API_PROCESSES'],
  [{ API_PROCESSES: 'all' }, 'API_PROCESSES'],
  [{ STOP_DELAY_MS: '3001' }, 'STOP_DELAY_MS'],
  [{ STOP_DELAY_MS: '-1' }, 'STOP_DELAY_MS'],
  [
    { API_PROCESSES: '2', API_PORT: '0' },
    'API_PORT: expected 1 to 65535 with API_PROCESSES above 1: a free port would be another for each process',
  ],
])('the API refuses %j', (given, fault) => {
  expect(() => readSettings(apiSettings, { ...sound, ...given })).toThrow(fault)
})

test('several processes on no port of their own are told of together with every other fault', () => {
  const given = { ...sound, API_PROCESSES: '2', API_PORT: '0', STOP_DELAY_MS: '9000', ADMIN_TOKEN: 'short' }
  expect(() => readSettings(apiSettings, given)).toThrow(
    /ADMIN_TOKEN: [^]*STOP_DELAY_MS: [^]*API_PORT: expected 1 to 65535/,
  )
})

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

const byIssuer = {
  JWKS_URL: 'https://issuer.example/keys',
  JWT_ISSUER: 'https://issuer.example',
  JWT_AUDIENCE: 'firstcome',
}

const byGateway = { USER_HEADER: 'x-user-id', TRUSTED_GATEWAYS: '10.0.0.7' }

test.each([
  [byIssuer],
  [byGateway],
  [{ ...byGateway, USER_HEADER: 'X-Auth-User', JWT_SECRET: '' }],
  [{ CORS_ORIGINS: 'https://shop.example, http://127.0.0.1:3000,https://xn--bcher-kva.example' }],
  [{ CLIENT_RATE_MAX: '0', USER_RATE_MAX: '0' }],
  [{ ...byIssuer, JWT_SECRET: '', OPERATOR_CLAIM: 'firstcome_roles' }],
  [{ ...byIssuer, JWKS_URL: '', JWKS_FILE: 'keys.json', JWT_PREVIOUS_SECRET: 'x'.repeat(32) }],
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
  [{ JWT_SECRET: '' }, 'JWT_SECRET: expected the secret that shopper tokens are signed with (HS256)'],
  [{ JWT_PREVIOUS_SECRET: valid.JWT_SECRET }, 'JWT_PREVIOUS_SECRET: expected another value than JWT_SECRET'],
  [{ JWT_PREVIOUS_SECRET: 'short' }, 'JWT_PREVIOUS_SECRET: expected the secret'],
  [
    { ...byIssuer, JWT_SECRET: '', JWT_PREVIOUS_SECRET: 'x'.repeat(32) },
    'JWT_PREVIOUS_SECRET: expected another',
  ],
  [{ ...byIssuer, JWKS_FILE: 'keys.json' }, 'JWKS_URL: expected JWKS_URL or JWKS_FILE, not both'],
  [{ ...byIssuer, JWKS_URL: 'http://issuer.example/keys' }, 'JWKS_URL: expected an https:// address'],
  [{ ...byIssuer, JWT_ISSUER: '' }, 'JWT_ISSUER: expected the iss of the tokens'],
  [{ ...byIssuer, JWT_AUDIENCE: '' }, 'JWT_AUDIENCE: expected the aud of the tokens'],
  [{ ...byIssuer, JWKS_REFRESH_MS: '0' }, 'JWKS_REFRESH_MS'],
  [{ OPERATOR_CLAIM: 'roles' }, 'OPERATOR_CLAIM: expected JWKS_FILE or JWKS_URL beside it'],
  [{ ...byIssuer, OPERATOR_CLAIM: 'sub' }, 'OPERATOR_CLAIM: expected a claim of its own'],
  [{ USER_HEADER: 'x-user-id' }, 'TRUSTED_GATEWAYS: expected the addresses of the gateways'],
  [{ TRUSTED_GATEWAYS: '10.0.0.7' }, 'USER_HEADER: expected the header'],
  [{ ...byGateway, USER_HEADER: 'authorization' }, 'USER_HEADER: expected a header that begins with x-'],
  [{ ...byGateway, USER_HEADER: 'X-Forwarded-For' }, 'USER_HEADER: expected a header that begins with x-'],
  [{ ...byGateway, TRUSTED_GATEWAYS: '0.0.0.0/0' }, 'TRUSTED_GATEWAYS: expected addresses or networks'],
  [{ CORS_ORIGINS: '*' }, 'CORS_ORIGINS: expected origins as a browser sends them'],
  [{ CORS_ORIGINS: 'https://shop.example/' }, 'CORS_ORIGINS: expected origins'],
  [{ CORS_ORIGINS: 'null' }, 'CORS_ORIGINS: expected origins'],
  [{ CORS_ORIGINS: 'https://shop.example,shop.example' }, 'CORS_ORIGINS: expected origins'],
  [{ CORS_ORIGINS: 'https://Shop.example' }, 'CORS_ORIGINS: expected origins'],
  [{ CORS_ORIGINS: 'https://shop.example:443' }, 'CORS_ORIGINS: expected origins'],
  [{ CLIENT_RATE_MAX: '-1' }, 'CLIENT_RATE_MAX'],
  [{ USER_RATE_MAX: '1.5' }, 'USER_RATE_MAX'],
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

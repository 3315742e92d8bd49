import { expect, test } from 'vitest'
import { banner } from './banner.ts'
import type { LaunchFacts } from './launch-facts.ts'

const facts: LaunchFacts = {
  startedAt: '2026-11-28T12:00:00.000Z',
  folder: '/home/me/firstcome/.firstcome',
  api: { url: 'http://127.0.0.1:8080', metricsUrl: 'http://127.0.0.1:9464/metrics' },
  worker: { url: 'http://127.0.0.1:8081', metricsUrl: 'http://127.0.0.1:9465/metrics' },
  servers: {
    redis: {
      product: 'Valkey',
      version: '8.1.1',
      address: 'redis://127.0.0.1:16379',
      origin: '/opt/valkey-server (on PATH)',
    },
    kafka: {
      product: 'Kafka',
      version: '4.1.1',
      address: '127.0.0.1:19092',
      origin: 'Docker image apache/kafka:4.1.1',
    },
    database: { product: 'MariaDB', address: 'mysql://db/firstcome', origin: 'address in DATABASE_URL' },
  },
  campaign: { id: 'c1', name: 'Demo', stock: 10_000, opensAt: '2026-11-28T12:00:20.000Z' },
  user: 'alice',
}
const options = { headline: 'firstcome is running.', token: 'a-token', workingFolder: '/home/me/firstcome' }

test('it leads with the two pages, when the campaign opens, and what prints the token and moves the console', () => {
  expect(banner(facts, options).split('\n').slice(1, 9)).toEqual([
    'firstcome is running.',
    '',
    '  shop page http://127.0.0.1:8080/c/c1   (opens at 12:00:20 UTC)',
    '  console   http://127.0.0.1:8080/console   (sign in with what the next line prints)',
    '  token     (. .firstcome/environment; echo "$ADMIN_TOKEN")',
    '  burst     npm run load -- burst   (in a second terminal: the console shows it)',
    '  rehearsal "Rehearse" at a campaign of the console   (shoppers for 20 s, to watch and to pause)',
    '',
  ])
  expect(banner(facts, options)).toContain('Win a coupon as alice, from 12:00:20 UTC on:')
})

test('each server has its product, address, version and where it comes from', () => {
  expect(banner(facts, options)).toContain(
    [
      '  Valkey    redis://127.0.0.1:16379  8.1.1            /opt/valkey-server (on PATH)',
      '  Kafka     127.0.0.1:19092          4.1.1            Docker image apache/kafka:4.1.1',
      '  MariaDB   mysql://db/firstcome     version unknown  address in DATABASE_URL',
    ].join('\n'),
  )
})

test('commands name the folder unless it is the default one', () => {
  expect(banner(facts, options)).toContain('  status    npm run status\n')
  const elsewhere = banner({ ...facts, folder: '/data' }, options)
  expect(elsewhere).toContain('  status    FIRSTCOME_FOLDER=/data npm run status\n')
  expect(elsewhere).toContain('npx node --env-file=/data/environment load/main.ts burst')
})

test('a command with a folder that has a blank or a quotation mark is one that the shell reads', () => {
  const text = banner({ ...facts, folder: "/쿠폰 판매's" }, options)
  const folder = String.raw`'/쿠폰 판매'\''s'`
  expect(text).toContain(`  status    FIRSTCOME_FOLDER=${folder} npm run status\n`)
  expect(text).toContain(String.raw`--env-file='/쿠폰 판매'\''s/environment' load`)
  expect(text).toContain(String.raw`(. '/쿠폰 판매'\''s/environment'; echo`)
})

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { portUses, readLaunchConfiguration } from './launch-configuration.ts'

test('every problem is listed at once', () => {
  const environment = { API_PORT: 'many', DATABASE_PORT: '70000', REDIS_URL: 'http://x', JWT_SECRET: 'short' }
  const read = (): unknown => readLaunchConfiguration(environment, ['--frsh'])
  for (const text of [
    'API_PORT: must be a port',
    'DATABASE_PORT: must be',
    'REDIS_URL: ',
    'JWT_SECRET: ',
    '--frsh',
  ])
    expect(read).toThrow(text)
})

test('--fresh and --no-install are off until they are given', () => {
  expect(readLaunchConfiguration({}, [])).toMatchObject({ isFresh: false, mayInstall: true })
  const both = readLaunchConfiguration({}, ['--fresh', '--no-install'])
  expect(both).toMatchObject({ isFresh: true, mayInstall: false })
})

describe('ports', () => {
  test('without settings are not the standard ports of the servers', () => {
    const configuration = readLaunchConfiguration({ API_PORT: '' }, [])
    expect(configuration.folder).toBe(join(process.cwd(), '.firstcome'))
    expect(portUses(configuration).map(({ setting, port }) => `${setting} ${port}`)).toEqual([
      'API_PORT 8080',
      'WORKER_PORT 8081',
      'API_METRICS_PORT 9464',
      'WORKER_METRICS_PORT 9465',
      'REDIS_PORT 16379',
      'KAFKA_PORT 19092',
      'KAFKA_CONTROLLER_PORT 19093',
      'DATABASE_PORT 13306',
    ])
  })

  test('of servers that are given by address are not used', () => {
    const given = { REDIS_URL: 'redis://x', KAFKA_BROKERS: 'x:1', DATABASE_URL: 'mysql://x/d' }
    const uses = portUses(readLaunchConfiguration(given, ['--fresh']))
    expect(uses.map(({ setting }) => setting)).toEqual([
      'API_PORT',
      'WORKER_PORT',
      'API_METRICS_PORT',
      'WORKER_METRICS_PORT',
    ])
  })
})

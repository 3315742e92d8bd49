import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createProgressDisplay } from '../../platform/progress-display.ts'
import { readSettings } from '../../platform/settings.ts'
import { runInProcess } from '../../test/harness/processes/run-in-process.ts'
import { createStartCommand } from './command.ts'
import { onFreePorts } from './free-ports.ts'
import { launchConfigurationOf, launchSettings, portUses } from './launch-configuration.ts'

const startCommand = createStartCommand(createProgressDisplay({ write: () => true }))
const configurationOf = (environment: Record<string, string>) =>
  launchConfigurationOf(readSettings(launchSettings, environment), { isFresh: false, mayInstall: true })

test('every problem is listed at once', async () => {
  const environment = { API_PORT: 'many', DATABASE_PORT: '70000', REDIS_URL: 'http://x', JWT_SECRET: 'short' }
  const { code, stdout, stderr } = await runInProcess(startCommand, ['--frsh'], environment)
  expect([code, stdout]).toEqual([2, ''])
  for (const text of [
    'API_PORT: must be a port',
    'DATABASE_PORT: must be',
    'REDIS_URL: ',
    'JWT_SECRET: ',
    '--frsh',
  ])
    expect(stderr).toContain(text)
})

test('secrets that are given are long enough, and differ', () => {
  const [jwtSecret, adminToken] = ['x'.repeat(32), 'y'.repeat(16)]
  expect(configurationOf({ JWT_SECRET: jwtSecret, ADMIN_TOKEN: adminToken })).toMatchObject({
    jwtSecret,
    adminToken,
  })
  const refusedWith = (environment: Record<string, string>, fault: string): void =>
    expect(() => configurationOf(environment)).toThrow(fault)
  refusedWith({ JWT_SECRET: 'aaaaaaaa' }, 'at least 32 bytes; leave it out, and npm start makes one')
  refusedWith({ ADMIN_TOKEN: 'aaaaaaaa' }, 'at least 16 bytes; leave it out, and npm start makes one')
  refusedWith({ JWT_SECRET: jwtSecret, ADMIN_TOKEN: jwtSecret }, 'expected another value than JWT_SECRET')
})

test('--fresh and --no-install are off until they are given', () => {
  expect(startCommand.parse([])).toMatchObject({ fresh: false, 'no-install': false })
  expect(startCommand.parse(['--fresh', '--no-install'])).toMatchObject({ fresh: true, 'no-install': true })
})

describe('ports', () => {
  test('without settings are not the standard ports of the servers', () => {
    const configuration = configurationOf({ API_PORT: '' })
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
    const uses = portUses(configurationOf(given))
    expect(uses.map(({ setting }) => setting)).toEqual([
      'API_PORT',
      'WORKER_PORT',
      'API_METRICS_PORT',
      'WORKER_METRICS_PORT',
    ])
  })

  test('that are free replace all of them, each another one', async () => {
    const configuration = configurationOf({})
    const uses = portUses(await onFreePorts(configuration))
    const taken = new Set(portUses(configuration).map(({ port }) => port))
    expect(new Set(uses.map(({ port }) => port)).size).toBe(8)
    expect(uses.filter(({ port }) => taken.has(port))).toEqual([])
  })
})

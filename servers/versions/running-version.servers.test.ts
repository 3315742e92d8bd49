import { describe, expect, inject, test } from 'vitest'
import { z } from 'zod'
import { serverConnectionSettings, serverConnections } from '../../platform/connections/server-connections.ts'
import { readSettings } from '../../platform/settings.ts'
import { runningVersion } from './running-version.ts'

const environment = inject('environment')
const read = (changes: Record<string, string> = {}) =>
  serverConnections(readSettings(z.object(serverConnectionSettings), { ...environment, ...changes }))

const ask = (name: 'redis' | 'kafka' | 'database', changes: Record<string, string> = {}) =>
  runningVersion(
    name,
    { redis: undefined, kafka: { kind: 'address', address: 'given' }, database: undefined },
    read(changes),
  )

describe('a server that is given by its address', () => {
  test.each([
    { name: 'redis', product: /^(Redis|Valkey)$/, version: /^\d+\.\d+\.\d+$/ },
    { name: 'kafka', product: /^Kafka$/, version: /^4\.\d/ },
    { name: 'database', product: /^(MariaDB|MySQL)$/, version: /^\d+\.\d+\.\d+$/ },
  ] as const)('tells its product and version: $name', async ({ name, product, version }) => {
    expect(await ask(name)).toEqual({
      product: expect.stringMatching(product),
      version: expect.stringMatching(version),
    })
  })

  test.each([
    ['redis', { REDIS_URL: 'redis://127.0.0.1:1' }],
    ['kafka', { KAFKA_BROKERS: '127.0.0.1:1' }],
    ['database', { DATABASE_URL: 'mysql://127.0.0.1:1/firstcome' }],
  ] as const)('has no version when it does not answer: %s', async (name, changes) => {
    expect((await ask(name, changes)).version).toBeUndefined()
  })
})

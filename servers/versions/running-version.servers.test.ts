import { describe, expect, inject, test } from 'vitest'
import { runningVersion } from './running-version.ts'

const environment = inject('environment')
const addresses = {
  redis: environment['REDIS_URL'] ?? '',
  kafka: environment['KAFKA_BROKERS'] ?? '',
  database: environment['DATABASE_URL'] ?? '',
}

const ask = (name: 'redis' | 'kafka' | 'database', address = addresses[name]) =>
  runningVersion(
    name,
    { redis: undefined, kafka: { kind: 'address', address }, database: undefined },
    address,
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
    ['redis', 'redis://127.0.0.1:1'],
    ['kafka', '127.0.0.1:1'],
    ['database', 'mysql://127.0.0.1:1/firstcome'],
  ] as const)('has no version when it does not answer: %s', async (name, address) => {
    expect((await ask(name, address)).version).toBeUndefined()
  })
})

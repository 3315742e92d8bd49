import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createProxy, type Proxy } from '../servers/network/proxy.ts'
import { findFreePort } from '../servers/ports.ts'
import { type SentinelSetup, startSentinels } from '../test/harness/servers/sentinels.ts'
import { until } from '../test/harness/values/until.ts'
import { connectRedis, type RedisClient } from './redis.ts'

let sentinels: SentinelSetup
let proxy: Proxy
let client: RedisClient
beforeAll(async () => {
  sentinels = await startSentinels('redis-sentinels')
  const [silent = '', , heard = ''] = sentinels.url.match(/\d+(?=[,/])/g) ?? []
  proxy = await createProxy({ host: '127.0.0.1', port: Number(silent) })
  client = connectRedis({
    url: sentinels.url.replace(/@.*\//, `@127.0.0.1:${proxy.port},127.0.0.1:${heard}/`),
    sentinelPassword: sentinels.sentinelPassword,
    ...{ commandTimeoutMs: 2_000, onError: () => {} },
  })
  await client.waitForConnection(10_000)
}, 60_000)
afterAll(async () => {
  client?.close()
  await proxy?.close()
  await sentinels?.close()
})

test('a sentinel that cannot be reached is reported, and nothing is printed', async () => {
  const printed = vi.spyOn(console, 'error')
  const errors: string[] = []
  const nobody = await findFreePort()
  const [, , heard = ''] = sentinels.url.match(/\d+(?=[,/])/g) ?? []
  const watched = connectRedis({
    url: sentinels.url.replace(/@.*\//, `@127.0.0.1:${heard},127.0.0.1:${nobody}/`),
    sentinelPassword: sentinels.sentinelPassword,
    ...{ commandTimeoutMs: 2_000, onError: (message) => errors.push(message) },
  })
  try {
    await watched.waitForConnection(10_000)
    await until('it is reported', () => errors.some((message) => message.includes(`:${nobody}`)))
    expect(printed.mock.calls).toEqual([])
  } finally {
    watched.close()
    printed.mockRestore()
  }
}, 60_000)

// An API answered 503 from then on, until it was restarted.
test('a client that asks a silent sentinel while the others replace the master reaches the new one', async () => {
  proxy.hold()
  await sentinels.killMaster('without an election')
  proxy.release()
  await until('it reaches the new master', async () =>
    client.remoteAddress()?.endsWith(`:${await sentinels.masterPort()}`),
  )
  // It is connected before it is ready.
  await until('it is answered', async () => (await client.command('PING').catch(() => '')) === 'PONG')
}, 60_000)

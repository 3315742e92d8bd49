import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { createProxy, type Proxy } from '../servers/network/proxy.ts'
import { findFreePort } from '../servers/ports.ts'
import { until } from '../test/harness/values/until.ts'
import { connectRedis, createScript, type RedisClient } from './redis.ts'

let proxy: Proxy
/** Connected through the proxy. */
let client: RedisClient
/** Connected directly. */
let direct: RedisClient
const url = (): URL => new URL(inject('environment')['REDIS_URL'] ?? '')
const proxied = (): string => {
  const through = url()
  through.hostname = '127.0.0.1'
  through.port = String(proxy.port)
  return through.href
}
beforeAll(async () => {
  proxy = await createProxy({ host: url().hostname, port: Number(url().port || 6_379) })
  direct = connectRedis({ url: url().href, commandTimeoutMs: 5_000, onError: () => {} })
  await direct.waitForConnection(5_000)
})
afterAll(async () => {
  direct.close()
  await proxy.close()
})
beforeEach(async () => {
  client = connectRedis({ url: proxied(), commandTimeoutMs: 200, onError: () => {} })
  await client.waitForConnection(5_000)
  return () => {
    proxy.restore()
    proxy.release()
    client.close()
  }
})
const newKey = (): string => `fc:test:${randomUUID()}`
const back = (): Promise<unknown> =>
  until('the client is back', async () => (await client.command('PING')) === 'PONG')
const unavailable = { code: 'unavailable' }

test('while the client is disconnected a command is rejected, and never executed later', async () => {
  const key = newKey()
  proxy.cut()
  await until('the client has noticed', () =>
    client.command('PING').then(
      () => false,
      () => true,
    ),
  )
  for (let call = 0; call < 20; call += 1)
    await expect(client.command('INCR', key)).rejects.toMatchObject(unavailable)
  proxy.restore()
  await back()
  expect(await direct.command('GET', key)).toBeNull()
})

test('a command that timed out is not sent again when the connection comes back', async () => {
  const key = newKey()
  proxy.hold()
  const calls = await Promise.allSettled(Array.from({ length: 20 }, () => client.command('INCR', key)))
  for (const call of calls) expect(call).toMatchObject({ status: 'rejected', reason: unavailable })
  proxy.cut()
  proxy.release()
  proxy.restore()
  await back()
  expect(await direct.command('GET', key)).toBeNull()
})

test('a command whose reply was lost was executed once, and is unknown to its caller', async () => {
  const key = newKey()
  proxy.hold('answers')
  await expect(client.command('INCR', key)).rejects.toMatchObject(unavailable)
  proxy.cut()
  proxy.release()
  proxy.restore()
  await back()
  expect(await direct.command('GET', key)).toBe('1')
})

test('a late reply is not given to another command', async () => {
  const keys = [newKey(), newKey()]
  for (const key of keys) await direct.command('SET', key, key)
  proxy.hold('answers')
  await expect(client.command('GET', keys[0] ?? '')).rejects.toMatchObject(unavailable)
  proxy.release()
  expect(await until('it answers', () => client.command('GET', keys[1] ?? ''))).toBe(keys[1])
})

test('a script that the server does not know is sent whole, later by its hash', async () => {
  const script = createScript('test', `#!lua\nreturn {ARGV[1], KEYS[1]} -- ${randomUUID()}`)
  expect(await direct.command('SCRIPT', 'EXISTS', script.sha)).toEqual([0])
  expect(await client.run(script, ['key'], ['value'])).toEqual(['value', 'key'])
  expect(await direct.command('SCRIPT', 'EXISTS', script.sha)).toEqual([1])
  expect(await client.run(script, ['key'], [1])).toEqual(['1', 'key'])
})

test.each([
  ["return redis.error_reply('ARGUMENT 3 is wrong')", { code: 'defect' }],
  ["return redis.error_reply('OOM no memory')", unavailable],
  ['return nothing.at_all', unavailable],
])('an error of a script (%s) has the code of its failure', async (lua, failure) => {
  await expect(client.run(createScript('test', `#!lua\n${lua}`), [], [])).rejects.toMatchObject(failure)
})

test('a subscription is restored after a broken connection', async () => {
  const [channel, heard] = [newKey(), [] as string[]]
  const subscriber = connectRedis({
    url: proxied(),
    commandTimeoutMs: 200,
    onError: () => {},
  })
  await subscriber.waitForConnection(5_000)
  await subscriber.subscribe(channel, (message) => heard.push(message))
  await direct.command('PUBLISH', channel, 'before')
  await until('it has received a message', () => heard.includes('before'))
  proxy.cut()
  proxy.restore()
  await until('it receives messages again', async () => {
    await direct.command('PUBLISH', channel, 'after')
    return heard.includes('after')
  })
  subscriber.close()
})

// npm run faults -- --seed d --only redis-kill,redis-promoted,redis-flap,redis-pause: the API ended in round
// 1.
test('when the subscription fails after a reconnection, the client connects again until it works', async () => {
  const [user, channel] = [`test-${randomUUID()}`, newKey()]
  const [heard, errors] = [[] as string[], [] as string[]]
  await direct.command('ACL', 'SETUSER', user, 'on', '>word', '~*', '&*', '+@all')
  const own = url()
  own.username = user
  own.password = 'word'
  const onError = (message: string): void => void errors.push(message)
  const subscriber = connectRedis({ url: own.href, commandTimeoutMs: 200, onError })
  await subscriber.waitForConnection(5_000)
  await subscriber.subscribe(channel, (message) => heard.push(message))
  await direct.command('ACL', 'SETUSER', user, '-subscribe')
  await direct.command('CLIENT', 'KILL', 'USER', user)
  await until(
    'it is rejected again and again',
    () => errors.filter((error) => error.includes('NOPERM')).length > 2,
  )
  await direct.command('ACL', 'SETUSER', user, '+subscribe')
  await until('it receives messages again', async () => {
    await direct.command('PUBLISH', channel, 'after')
    return heard.includes('after')
  })
  subscriber.close()
  await direct.command('ACL', 'DELUSER', user)
})

test('without a server a command and the wait for the connection fail in time', async () => {
  const errors: string[] = []
  const lonely = connectRedis({
    url: `redis://127.0.0.1:${await findFreePort()}`,
    commandTimeoutMs: 200,
    onError: (message) => errors.push(message),
  })
  await expect(lonely.waitForConnection(50)).rejects.toMatchObject(unavailable)
  await expect(lonely.command('PING')).rejects.toMatchObject(unavailable)
  await until('it has reported the error', () => errors.length > 0)
  lonely.close()
})

import { describe, expect, test } from 'vitest'
import { directRedis } from './direct-redis.ts'
import { hostPortText, parseHostPort } from './host-port.ts'
import { addressWithoutSecrets, redisAddress } from './redis-address.ts'
import { redisUrl } from './redis-connection.ts'
import { parseSentinelAddress } from './sentinel-address.ts'

describe('host and port', () => {
  test.each([
    ['host:9092', { host: 'host', port: 9_092 }],
    ['10.0.0.1:0', { host: '10.0.0.1', port: 0 }],
    ['[::1]:9092', { host: '::1', port: 9_092 }],
    ['[fe80::1%eth0]:65535', { host: 'fe80::1%eth0', port: 65_535 }],
  ])('%s is read, and written the same', (text, place) => {
    expect(parseHostPort(text)).toEqual(place)
    expect(hostPortText(place)).toBe(text)
  })

  test.each([
    '::1:9092',
    '[::1]',
    '[::1:9092',
    '[host]:1',
    'host',
    'host:',
    ':1',
    'a:1:2',
    'h:65536',
    'u@h:1',
    '',
  ])('%s is neither', (text) => {
    expect(parseHostPort(text)).toBeUndefined()
  })
})

describe('addresses of a Redis with Sentinel', () => {
  test('name user, sentinels, master and database', () => {
    expect(parseSentinelAddress('rediss+sentinel://me:p%40ss@one,[::1]:1/main/2')).toEqual({
      isSecure: true,
      username: 'me',
      password: 'p@ss',
      sentinels: [
        { host: 'one', port: 26_379 },
        { host: '::1', port: 1 },
      ],
      name: 'main',
      db: 2,
    })
    expect(parseSentinelAddress('redis+sentinel://:word@one:1/main')).toMatchObject({
      isSecure: false,
      username: '',
      password: 'word',
      db: 0,
    })
  })

  test.each([
    'redis+sentinel://one:1',
    'redis+sentinel://one:1/',
    'redis+sentinel:///main',
    'redis+sentinel://one:1,/main',
    'redis+sentinel://one:port/main',
    'redis+sentinel://%zz@one:1/main',
    'redis+sentinel://one:1/main/x',
    `redis+sentinel://${'long-name-of-a-sentinel:26379,'.repeat(10)}one/main`,
  ])('are refused without one of these: %s', (url) => {
    expect(redisUrl.safeParse(url).success).toBe(false)
  })

  test('the order of the sentinels does not change the name of a Redis, and its password is not in it', () => {
    const [one, two] = ['redis+sentinel://me:hush@b:1,a:1/main', 'redis+sentinel://me:hush@a:1,b:1/main']
    expect(redisAddress(one)).toBe('a:1,b:1/main')
    expect(redisAddress(two)).toBe('a:1,b:1/main')
  })
})

test.each([
  ['redis://me:hush@host:1/2?password=hush', 'redis://host:1/2'],
  ['mysql://me:hu%40sh@[::1]:1/x?password=hush', 'mysql://[::1]:1/x'],
  ['rediss+sentinel://me:hush@b:1,a:1/main/2', 'rediss+sentinel://a:1,b:1/main'],
  ['hush', 'not an address'],
])('what is shown of %s has no secret', (url, shown) => {
  expect(addressWithoutSecrets(url)).toBe(shown)
})

describe('a server that gates are moved away from', () => {
  test.each([
    [
      'rediss://me:p%40ss@redis.example:1/2',
      '10.0.0.1:7',
      'rediss://me:p%40ss@10.0.0.1:7/2',
      'redis.example',
    ],
    ['redis://redis.example', '[::1]:7', 'redis://[::1]:7', 'redis.example'],
    ['redis://redis.example', '::1:7', 'redis://[::1]:7', 'redis.example'],
    ['rediss://10.0.0.9:1', '10.0.0.1:7', 'rediss://10.0.0.1:7', undefined],
    ['rediss+sentinel://me:p%40ss@one:1/main/2', '10.0.0.1:7', 'rediss://me:p%40ss@10.0.0.1:7/2', undefined],
  ])('%s at %s is reached by its IP address, and known by its name', (url, endpoint, direct, servername) => {
    const address = redisAddress(url)
    expect(directRedis({ url, tls: { ca: 'ca' } }, { endpoint, address })).toEqual({
      url: direct,
      tls: { ca: 'ca', servername },
    })
  })
})

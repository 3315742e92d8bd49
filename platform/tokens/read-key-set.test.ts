import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { fetchKeySet, isSafeKeySetUrl, keySetBytesMax, readKeySetFile } from './read-key-set.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firstcome-keys-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('a file', () => {
  test('is read as a whole, up to the bound', async () => {
    const file = join(folder, 'keys')
    await writeFile(file, 'ü'.repeat(keySetBytesMax / 2))
    expect(await readKeySetFile(file)).toBe('ü'.repeat(keySetBytesMax / 2))
    await writeFile(file, 'x'.repeat(keySetBytesMax + 1))
    await expect(readKeySetFile(file)).rejects.toThrow(/more than 262144 bytes/)
  })

  test('that does not exist rejects', async () => {
    await expect(readKeySetFile(join(folder, 'none'))).rejects.toThrow(/ENOENT/)
  })
})

describe('the server of an issuer', () => {
  const servers: ReturnType<typeof createServer>[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close()
      server.closeAllConnections()
    }
  })
  const serve = async (listener: RequestListener): Promise<string> => {
    const server = createServer(listener).listen(0, '127.0.0.1')
    servers.push(server)
    await once(server, 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`
  }

  test('is read up to the bound, and not further', async () => {
    const right = await serve((_, response) => response.end('x'.repeat(keySetBytesMax)))
    expect(await fetchKeySet(right)).toHaveLength(keySetBytesMax)
    let sent = 0
    const endless = await serve((_, response) => {
      const write = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) sent += 65_536
      }
      response.on('drain', write)
      write()
    })
    await expect(fetchKeySet(endless)).rejects.toThrow(/more than 262144 bytes/)
    expect(sent).toBeLessThan(100_000_000)
  })

  test('that does not answer in time is given up, amid its answer too', async () => {
    const silent = await serve(() => {})
    await expect(fetchKeySet(silent, 50)).rejects.toThrow(/timeout/i)
    const slow = await serve((_, response) => response.write('{'))
    await expect(fetchKeySet(slow, 50)).rejects.toThrow(/timeout|aborted/i)
  })

  test('that sends elsewhere is not followed', async () => {
    let followed = false
    const elsewhere = await serve((_, response) => {
      followed = true
      response.end('{}')
    })
    const url = await serve((_, response) => response.writeHead(302, { location: elsewhere }).end())
    await expect(fetchKeySet(url)).rejects.toThrow()
    expect(followed).toBe(false)
  })

  test.each([404, 500, 204])('that answers %i has no keys', async (status) => {
    const url = await serve((_, response) => response.writeHead(status).end())
    await expect(fetchKeySet(url)).rejects.toThrow(`the issuer answered ${status}`)
  })
})

test.each([
  ['https://issuer.example/keys', true],
  ['https://issuer.example:8443/.well-known/jwks.json?v=1', true],
  ['http://127.0.0.1:9000/keys', true],
  ['http://[::1]/keys', true],
  ['http://localhost/keys', true],
  ['http://issuer.example/keys', false],
  ['http://127.0.0.1.example/keys', false],
  ['http://10.0.0.1/keys', false],
  ['https://user:word@issuer.example/keys', false],
  ['file:///etc/keys', false],
  ['issuer.example/keys', false],
  ['', false],
])('%s is an address for keys: %s', (url, isSafe) => {
  expect(isSafeKeySetUrl(url)).toBe(isSafe)
})

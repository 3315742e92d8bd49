import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { findFreePort, requireFreePorts } from './ports.ts'

const listeners: Server[] = []

const listenOn = async (port: number, host: string): Promise<void> => {
  const server = createServer()
  listeners.push(server)
  server.listen(port, host)
  await once(server, 'listening')
}

afterEach(() => {
  for (const server of listeners.splice(0)) server.close()
})

describe('ports that are required to be free', () => {
  test('are named with their setting when they are taken, all at once', async () => {
    const [api, redis, kafka] = [await findFreePort(), await findFreePort(), await findFreePort()]
    await listenOn(api, '0.0.0.0')
    await listenOn(redis, '127.0.0.1')
    const refusal = requireFreePorts([
      { port: api, use: 'API', setting: 'API_PORT' },
      { port: redis, use: 'Redis', setting: 'REDIS_PORT' },
      { port: kafka, use: 'Kafka', setting: 'KAFKA_PORT' },
    ])
    await expect(refusal).rejects.toThrow(
      `port ${api} (API) is taken: set API_PORT to a free one\n` +
        `port ${redis} (Redis) is taken: set REDIS_PORT to a free one`,
    )
    await expect(refusal).rejects.not.toThrow('KAFKA_PORT')
  })

  test('are refused with both settings when two uses have the same port', async () => {
    const port = await findFreePort()
    const uses = [
      { port, use: 'API', setting: 'API_PORT' },
      { port, use: 'worker health', setting: 'WORKER_PORT' },
    ]
    await expect(requireFreePorts(uses)).rejects.toThrow(`port ${port} is set for API and for worker health`)
  })

  test('are never found twice, though nothing listens there yet', async () => {
    const free = await findFreePort()
    const place = (free - 20_000 + 0.5) / 12_000
    const places = [place, place, 0.25]
    expect(await findFreePort(() => places.shift() ?? Math.random())).not.toBe(free)
  })

  test.runIf(process.platform === 'linux')(
    'are never found by another process while this one lives, though nothing listens there yet',
    async () => {
      const free = await findFreePort()
      const place = (free - 20_000 + 0.5) / 12_000
      const program =
        `import { findFreePort } from ${JSON.stringify(join(import.meta.dirname, 'ports.ts'))}\n` +
        `const places = [${place}, ${place}]\n` +
        'console.log(await findFreePort(() => places.pop() ?? Math.random()))'
      const words = ['--input-type=module', '--eval', program]
      const { stdout } = await promisify(execFile)(process.execPath, words)
      expect(stdout).toMatch(/^\d{5}\n$/)
      expect(Number(stdout)).not.toBe(free)
    },
  )

  test('stay free after the check', async () => {
    const port = await findFreePort()
    await expect(requireFreePorts([{ port, use: 'API', setting: 'API_PORT' }])).resolves.toBeUndefined()
    await listenOn(port, '127.0.0.1')
  })
})

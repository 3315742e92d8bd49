import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createProgressDisplay } from '../../../platform/progress-display.ts'
import { connectRedis } from '../../../platform/redis.ts'
import { detectHost } from '../../../servers/install/host.ts'
import { findFreePort } from '../../../servers/ports.ts'
import { startRedis } from '../../../servers/start-redis.ts'
import { buildShiftedClocks, type ShiftedClocks } from './shifted-clocks.ts'

let folder = ''
let clocks: ShiftedClocks
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shifted-clocks-'))
  const built = await buildShiftedClocks({
    folder,
    host: detectHost(process.env),
    progress: createProgressDisplay(process.stderr),
    signal: new AbortController().signal,
  })
  if (built === undefined) throw new Error('clocks can be shifted on Linux alone')
  clocks = built
}, 300_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

const dayMs = 86_400_000
// Far more than passes between two readings, on the slowest machine.
const toleranceMs = 60_000

const near = (momentMs: number): [number, number] => [momentMs - toleranceMs, momentMs + toleranceMs]
const expectNear = (actualMs: number, [from, to]: [number, number]): void => {
  expect(actualMs).toBeGreaterThan(from)
  expect(actualMs).toBeLessThan(to)
}

/** A process that prints its wall clock and its monotonic clock, in ms, for each line that it reads. */
const startReader = (clock: string) => {
  const program =
    "process.stdin.on('data', () => console.log(JSON.stringify([Date.now(), performance.now()])))"
  const environment = { ...process.env, ...clocks.environmentOf(clock) }
  const child = spawn(process.execPath, ['-e', program], {
    env: environment,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async read(): Promise<[number, number]> {
      child.stdin.write('\n')
      return JSON.parse(String((await lines.next()).value)) as [number, number]
    },
    stop: () => child.kill('SIGKILL'),
  }
}

describe('a shifted clock', () => {
  test('a running process sees its wall clock jump and jump back, and its monotonic clock go on', async () => {
    const reader = startReader('one')
    try {
      const [, startedMs] = await reader.read()
      clocks.shift('one', 3 * dayMs)
      const [ahead, laterMs] = await reader.read()
      expectNear(ahead, near(Date.now() + 3 * dayMs))
      expectNear(laterMs, near(startedMs))
      clocks.shift('one', -dayMs)
      expectNear((await reader.read())[0], near(Date.now() - dayMs))
      clocks.shift('one', 0)
      expectNear((await reader.read())[0], near(Date.now()))
    } finally {
      reader.stop()
    }
  })

  test('other clocks stay as they are', async () => {
    const [shifted, other] = [startReader('shifted'), startReader('other')]
    try {
      clocks.shift('shifted', dayMs)
      expectNear((await shifted.read())[0], near(Date.now() + dayMs))
      expectNear((await other.read())[0], near(Date.now()))
    } finally {
      shifted.stop()
      other.stop()
    }
  })

  test('Redis starts with the library, and TIME follows the shift', async () => {
    const port = await findFreePort()
    const server = await startRedis({ folder, port, environment: clocks.environmentOf('redis') })
    const redis = connectRedis({ url: server.url, commandTimeoutMs: 5_000, onError: () => undefined })
    try {
      await redis.waitForConnection(5_000)
      clocks.shift('redis', -dayMs)
      const [seconds] = (await redis.command('TIME')) as [string, string]
      expectNear(Number(seconds) * 1_000, near(Date.now() - dayMs))
    } finally {
      redis.close()
      await server.stop()
    }
  })
})

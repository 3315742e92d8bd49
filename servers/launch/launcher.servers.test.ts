import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv, promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { findFreeServerPorts } from '../start-servers.ts'
import { findFreePort } from '../ports.ts'
import { processStartTime, findRecordedProcess } from '../processes/process-record.ts'

// A story in order: each test goes on with what the one before has left, because a start takes seconds.

let folder: string
let environment: NodeJS.ProcessEnv

type Launcher = {
  readonly pid: number
  readonly output: () => string
  readonly exited: Promise<number | null>
  readonly banner: () => Promise<string>
}

const launchers: Launcher[] = []
let running: Launcher
const parts = ['redis', 'kafka', 'database', 'worker', 'api']

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firstcome-launcher-'))
  const ports = await findFreeServerPorts()
  const { REDIS_URL: _redis, KAFKA_BROKERS: _kafka, DATABASE_URL: _database, ...inherited } = process.env
  environment = {
    ...inherited,
    FIRSTCOME_FOLDER: folder,
    API_PORT: String(await findFreePort()),
    WORKER_PORT: String(await findFreePort()),
    API_METRICS_PORT: String(await findFreePort()),
    WORKER_METRICS_PORT: String(await findFreePort()),
    REDIS_PORT: String(ports.redis),
    KAFKA_PORT: String(ports.kafka),
    KAFKA_CONTROLLER_PORT: String(ports.kafkaController),
    DATABASE_PORT: String(ports.database),
    JWT_SECRET: 'a secret for the tokens of this test',
    ADMIN_TOKEN: 'a token for the operator of this test',
  }
})

afterAll(async () => {
  for (const launcher of launchers) {
    if ((await processStartTime(launcher.pid)) === undefined) continue
    process.kill(launcher.pid, 'SIGTERM')
    await launcher.exited
  }
  await rm(folder, { recursive: true })
})

const launch = async (words: readonly string[] = []): Promise<Launcher> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'main.ts'), ...words], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (output += text.toString()))
  const exited = once(child, 'close').then(() => child.exitCode)
  await once(child, 'spawn')
  const banner = async (): Promise<string> => {
    const shown = vi.waitFor(() => expect(output).toMatch(/ stop +Ctrl-C\n/), {
      timeout: 60_000,
      interval: 20,
    })
    await Promise.race([shown, exited])
    expect(output).toMatch(/ stop +Ctrl-C\n/)
    return output
  }
  const launcher = { pid: child.pid ?? 0, output: () => output, exited, banner }
  launchers.push(launcher)
  return launcher
}

// The commands that the banner shows, as a user would copy them.
const commandsOf = (banner: string): string[] => banner.match(/^curl [^]*?(?=\n\n)/gm) ?? []

const runInShell = async (command = 'false'): Promise<unknown> => {
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { timeout: 10_000 })
  return JSON.parse(stdout)
}

// Everything we start inherits FIRSTCOME_FOLDER, however far down. Redis overwrites it and works in its own folder.
const isOfThisTest = async (pid: string): Promise<boolean> => {
  try {
    const variables = await readFile(`/proc/${pid}/environ`, 'utf8')
    if (variables.includes(`FIRSTCOME_FOLDER=${folder}\0`)) return true
    return (await readlink(`/proc/${pid}/cwd`)).startsWith(folder)
  } catch {
    // It ended while we were looking.
    return false
  }
}

const leftProcesses = async (): Promise<string[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const isOurs = await Promise.all(pids.map(isOfThisTest))
  const left = pids.filter((_, index) => isOurs[index])
  return Promise.all(left.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8')))
}

const pidOf = async (name: string): Promise<number> => {
  const pid = await findRecordedProcess(join(folder, name))
  if (pid === undefined) throw new Error(`${name} does not run`)
  return pid
}

test('from an empty folder to a banner whose commands win a coupon and list it, as printed', async () => {
  running = await launch()
  const [win, list] = commandsOf(await running.banner())
  const coupon = { userId: 'alice', rank: 1, state: 'usable' }
  expect(await runInShell(win)).toMatchObject(coupon)
  const listed = { items: [coupon], complete: true }
  await vi.waitFor(async () => expect(await runInShell(list)).toMatchObject(listed), { timeout: 5_000 })
})

test('secrets and ports given to the launcher are used, and passed on to commands in other terminals', async () => {
  const { API_PORT, WORKER_PORT, JWT_SECRET, ADMIN_TOKEN } = environment
  const file = parseEnv(await readFile(join(folder, 'environment'), 'utf8'))
  const API_URL = `http://127.0.0.1:${API_PORT}`
  expect(file).toMatchObject({ API_PORT, WORKER_PORT, JWT_SECRET, ADMIN_TOKEN, API_URL })
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
  expect((await fetch(`${API_URL}/v1/admin/campaigns`, { headers })).status).toBe(200)
})

test('a second launcher on the same folder is refused', async () => {
  const second = await launch()
  expect(await second.exited).toBe(1)
  expect(second.output()).toContain(`npm start runs on ${folder} already, as process ${running.pid}`)
})

test('Ctrl-C stops everything and leaves no process', async () => {
  expect(await leftProcesses()).toHaveLength(1 + parts.length)
  process.kill(running.pid, 'SIGINT')
  expect(await running.exited).toBe(0)
  expect(await leftProcesses()).toEqual([])
})

test('the next start has the coupons of the one before', async () => {
  running = await launch()
  const [, list] = commandsOf(await running.banner())
  expect(await runInShell(list)).toMatchObject({ items: [{ userId: 'alice', rank: 1 }] })
})

test('a server that dies is told with its last output, and everything else is stopped', async () => {
  process.kill(await pidOf('redis'), 'SIGKILL')
  expect(await running.exited).toBe(1)
  expect(running.output()).toMatch(
    /\nredis ended by itself with signal SIGKILL. Its last output .*:\n {2}\S[^]*\nstopped\n$/,
  )
  expect(await leftProcesses()).toEqual([])
})

test('what a killed launcher leaves behind is gone before the next start, which takes the same ports', async () => {
  const killed = await launch()
  await killed.banner()
  process.kill(killed.pid, 'SIGKILL')
  // Fresh, because the group at the broker holds the place of a worker that was killed for half a minute.
  running = await launch(['--fresh'])
  await running.banner()
  expect(await leftProcesses()).toHaveLength(1 + parts.length)
})

test('a second Ctrl-C kills what does not stop', async () => {
  // Halted, it reacts to nothing but SIGKILL.
  process.kill(await pidOf('api'), 'SIGSTOP')
  const press = (): void => {
    // Those of the first second count as one: under npm each arrives twice.
    if (!running.output().includes('killed')) process.kill(running.pid, 'SIGINT')
    expect(running.output()).toContain('killed')
  }
  await vi.waitFor(press, { timeout: 4_000, interval: 100 })
  expect(await running.exited).toBe(130)
  await vi.waitFor(async () => expect(await leftProcesses()).toEqual([]), { timeout: 2_000 })
})

test('a process of ours that dies is told with its last output, and everything else is stopped', async () => {
  running = await launch(['--fresh'])
  await running.banner()
  process.kill(await pidOf('worker'), 'SIGKILL')
  expect(await running.exited).toBe(1)
  expect(running.output()).toMatch(
    /\nworker ended by itself with signal SIGKILL. Its last output .*:\n {2}\S[^]*\nstopped\n$/,
  )
  expect(await leftProcesses()).toEqual([])
})

test('Ctrl-C while it is starting leaves no process', async () => {
  running = await launch()
  await vi.waitFor(() => pidOf('kafka'), { timeout: 10_000, interval: 10 })
  process.kill(running.pid, 'SIGINT')
  expect(await running.exited).toBe(0)
  expect(running.output()).not.toContain('curl')
  expect(await leftProcesses()).toEqual([])
})

test('every port that is taken is named before anything is started', async () => {
  const { API_PORT, REDIS_PORT } = environment
  const listeners = [API_PORT, REDIS_PORT].map((port) => createServer().listen(Number(port), '127.0.0.1'))
  await Promise.all(listeners.map((listener) => once(listener, 'listening')))
  running = await launch()
  expect(await running.exited).toBe(1)
  for (const listener of listeners) listener.close()
  expect(running.output()).toBe(
    `port ${API_PORT} (API) is taken: set API_PORT to a free one\n` +
      `port ${REDIS_PORT} (Redis) is taken: set REDIS_PORT to a free one\n`,
  )
})

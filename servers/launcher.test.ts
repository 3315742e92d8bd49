import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv, promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { freeServerPorts } from './all.ts'
import { freePort } from './ports.ts'
import { birthOf, findRecorded } from './record.ts'

// Each test goes on with the folder that the one before has left: a start on an empty folder costs three times another.

let folder: string
let environment: NodeJS.ProcessEnv

type Launcher = {
  readonly pid: number
  readonly output: () => string
  readonly exited: Promise<number | null>
  readonly banner: () => Promise<string>
}

const launchers: Launcher[] = []
const parts = ['redis', 'kafka', 'database', 'worker', 'api']

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firstcome-launcher-'))
  const ports = await freeServerPorts()
  const { REDIS_URL: _redis, KAFKA_BROKERS: _kafka, DATABASE_URL: _database, ...inherited } = process.env
  environment = {
    ...inherited,
    FIRSTCOME_FOLDER: folder,
    API_PORT: String(await freePort()),
    WORKER_PORT: String(await freePort()),
    REDIS_PORT: String(ports.redis),
    KAFKA_PORT: String(ports.kafka),
    KAFKA_CONTROLLER_PORT: String(ports.kafkaController),
    DATABASE_PORT: String(ports.database),
    JWT_SECRET: 'a secret for the tokens of this test',
    ADMIN_TOKEN: 'a token for the operator of this test',
  }
})

afterEach(async () => {
  for (const launcher of launchers.splice(0)) {
    if ((await birthOf(launcher.pid)) === undefined) continue
    process.kill(launcher.pid, 'SIGTERM')
    await launcher.exited
  }
})

afterAll(() => rm(folder, { recursive: true }))

const launch = async (more: NodeJS.ProcessEnv = {}): Promise<Launcher> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { ...environment, ...more },
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

const killPart = async (name: string): Promise<void> => {
  const pid = await findRecorded(join(folder, name))
  if (pid === undefined) throw new Error(`${name} does not run`)
  process.kill(pid, 'SIGKILL')
}

test('from an empty folder to a banner whose commands win a coupon and list it, as printed', async () => {
  const launcher = await launch()
  const [win, list] = commandsOf(await launcher.banner())
  const coupon = { userId: 'alice', rank: 1, state: 'usable' }
  expect(await runInShell(win)).toMatchObject(coupon)
  await vi.waitFor(
    async () => expect(await runInShell(list)).toMatchObject({ items: [coupon], complete: true }),
    {
      timeout: 5_000,
    },
  )
}, 120_000)

test('what is kept is there on the next start; Ctrl-C stops everything and leaves no process', async () => {
  const launcher = await launch()
  const [, list] = commandsOf(await launcher.banner())
  expect(await runInShell(list)).toMatchObject({ items: [{ userId: 'alice', rank: 1 }] })
  expect((await leftProcesses()).length).toBe(1 + parts.length)

  process.kill(launcher.pid, 'SIGINT')
  expect(await launcher.exited).toBe(0)
  expect(await leftProcesses()).toEqual([])
}, 60_000)

test('secrets and ports given to the launcher are used, and passed on to commands in other terminals', async () => {
  const launcher = await launch()
  await launcher.banner()
  const { API_PORT, WORKER_PORT, JWT_SECRET, ADMIN_TOKEN } = environment
  const file = parseEnv(await readFile(join(folder, 'environment'), 'utf8'))
  const API_URL = `http://127.0.0.1:${API_PORT}`
  expect(file).toMatchObject({ API_PORT, WORKER_PORT, JWT_SECRET, ADMIN_TOKEN, API_URL })
  const response = await fetch(`${API_URL}/v1/admin/campaigns`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  })
  expect(response.status).toBe(200)

  const second = await launch()
  expect(await second.exited).toBe(1)
  expect(second.output()).toContain(`npm start runs on ${folder} already, as process ${launcher.pid}`)
}, 60_000)

test.for(['worker', 'redis'])(
  'the death of %s is told with its last output, and ends everything',
  async (name) => {
    const launcher = await launch()
    await launcher.banner()
    await killPart(name)
    expect(await launcher.exited).toBe(1)
    expect(launcher.output()).toMatch(
      new RegExp(
        `\n${name} ended by itself with signal SIGKILL. Its last output .*:\n {2}\\S[^]*\nstopped\n$`,
      ),
    )
    expect(await leftProcesses()).toEqual([])
  },
  60_000,
)

test('what a killed launcher leaves behind is gone before the next start, on the same ports', async () => {
  const killed = await launch()
  await killed.banner()
  process.kill(killed.pid, 'SIGKILL')
  const next = await launch()
  await next.banner()
  expect((await leftProcesses()).length).toBe(1 + parts.length)
}, 60_000)

test('Ctrl-C while it is starting leaves no process', async () => {
  const launcher = await launch()
  await vi.waitFor(async () => expect(await findRecorded(join(folder, 'kafka'))).toBeDefined(), {
    interval: 10,
  })
  process.kill(launcher.pid, 'SIGINT')
  expect(await launcher.exited).toBe(0)
  expect(launcher.output()).not.toContain('curl')
  expect(await leftProcesses()).toEqual([])
}, 60_000)

test('a second Ctrl-C kills what does not stop', async () => {
  const launcher = await launch()
  await launcher.banner()
  const pid = await findRecorded(join(folder, 'api'))
  if (pid === undefined) throw new Error('the API does not run')
  // Stopped, it cannot react to anything but SIGKILL.
  process.kill(pid, 'SIGSTOP')
  process.kill(launcher.pid, 'SIGINT')
  await vi.waitFor(
    () => {
      // Those of the first second count as the first.
      if (!launcher.output().includes('killed')) process.kill(launcher.pid, 'SIGINT')
      expect(launcher.output()).toContain('killed')
    },
    { timeout: 4_000, interval: 100 },
  )
  expect(await launcher.exited).toBe(130)
  await vi.waitFor(async () => expect(await leftProcesses()).toEqual([]), { timeout: 2_000 })
}, 60_000)

test('every port that is taken is named before anything is started', async () => {
  const taken = await launch()
  await taken.banner()
  const other = await launch({ FIRSTCOME_FOLDER: join(folder, 'other') })
  expect(await other.exited).toBe(1)
  for (const setting of ['API_PORT', 'WORKER_PORT', 'REDIS_PORT', 'KAFKA_PORT', 'DATABASE_PORT'])
    expect(other.output()).toContain(`is taken: set ${setting} to a free one`)
}, 60_000)

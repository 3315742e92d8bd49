import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { parseEnv, promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createLaunchers, type Launcher, type Launchers } from '../../test/harness/processes/launchers.ts'

// The tests run in order, each on what the one before has left, because a start takes seconds.

let launchers: Launchers
let running: Launcher
/** Each start may take 60 s, which is the limit of a whole test: two took 45 s on a machine at its limit. */
const twoStarts = { timeout: 150_000 }
const processNames = ['redis', 'kafka', 'database', 'worker', 'api']

beforeAll(async () => {
  launchers = await createLaunchers()
})

afterAll(() => launchers.close())

// The commands that the banner shows, as a user copies them.
const commandsOf = (banner: string): string[] => banner.match(/^curl [^]*?(?=\n\n)/gm) ?? []

const runInShell = async (command = 'false'): Promise<unknown> => {
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { timeout: 10_000 })
  return JSON.parse(stdout)
}

/** What the database program calls itself: MariaDB or MySQL. */
const databaseProduct = async (): Promise<string> => {
  const { stdout } = await promisify(execFile)('sh', ['-c', 'PATH=$PATH:/usr/sbin mysqld --version'])
  return stdout.includes('MariaDB') ? 'MariaDB' : 'MySQL'
}

describe('npm start', () => {
  test('prints commands that win a coupon once it is open, and list it, as they are', twoStarts, async () => {
    running = await launchers.launch()
    const [win, list] = commandsOf(await running.banner())
    const coupon = { userId: 'alice', rank: 1, state: 'usable' }
    // It opens 20 s after the start, so that people see it count down.
    const opensWithin = { timeout: 30_000, interval: 200 }
    await vi.waitFor(async () => expect(await runInShell(win)).toMatchObject(coupon), opensWithin)
    const listed = { items: [coupon], complete: true }
    await vi.waitFor(async () => expect(await runInShell(list)).toMatchObject(listed), { timeout: 5_000 })
  })

  test('leads with the addresses of two pages, which are there', async () => {
    const pages = [...running.output().matchAll(/^ {2}(?:shop page|console) +(http\S+)/gm)]
    expect(pages).toHaveLength(2)
    for (const [, address = ''] of pages) {
      const { status, headers } = await fetch(address)
      expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')])
    }
  })

  test('prints a command that prints the token of the console', async () => {
    const [, command = 'false'] = /^ {2}token +(.+)$/m.exec(running.output()) ?? []
    const { stdout } = await promisify(execFile)('sh', ['-c', command])
    expect(stdout.trim()).toBe(launchers.environment['ADMIN_TOKEN'])
  })

  test('names the product and the version that each server reports, and no password', async () => {
    const { REDIS_PORT, KAFKA_PORT, DATABASE_PORT } = launchers.environment
    const output = running.output()
    expect(output).toMatch(
      new RegExp(`^  (Redis|Valkey) +redis://127.0.0.1:${REDIS_PORT} +\\d+\\.\\d+\\.\\d+ +/`, 'm'),
    )
    expect(output).toMatch(new RegExp(`^  Kafka +127.0.0.1:${KAFKA_PORT} +\\d+\\.\\d+\\.\\d+ +\\S`, 'm'))
    expect(output).toMatch(
      new RegExp(
        `^  ${await databaseProduct()} +mysql://127.0.0.1:${DATABASE_PORT}/firstcome +\\d+\\.\\d+\\.\\d+ +/`,
        'm',
      ),
    )
    expect(output).not.toContain(await readFile(join(launchers.folder, 'database', 'password'), 'utf8'))
  })

  test('uses the secrets and ports that it is given, and passes them to other terminals', async () => {
    const { API_PORT, WORKER_PORT, JWT_SECRET, ADMIN_TOKEN } = launchers.environment
    const file = parseEnv(await readFile(join(launchers.folder, 'environment'), 'utf8'))
    const API_URL = `http://127.0.0.1:${API_PORT}`
    expect(file).toMatchObject({ API_PORT, WORKER_PORT, JWT_SECRET, ADMIN_TOKEN, API_URL })
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
    expect((await fetch(`${API_URL}/v1/admin/campaigns`, { headers })).status).toBe(200)
  })

  test('is refused on a folder where it already runs', async () => {
    const second = await launchers.launch()
    expect(await second.exited).toBe(1)
    expect(second.output()).toContain(
      `npm start already runs on ${launchers.folder}, as process ${running.pid}`,
    )
  })
})

describe('npm run status', () => {
  test('prints the banner of what runs', async () => {
    const { code, stdout } = await launchers.run('status')
    expect(code).toBe(0)
    expect(stdout).toContain(`(npm start is process ${running.pid})`)
    expect(stdout).toContain(`  API       http://127.0.0.1:${launchers.environment['API_PORT']}   ready\n`)
    const serverLines = /^ {2}(?:Redis|Valkey|Kafka|MariaDB|MySQL) .*$/gm
    expect(stdout.match(serverLines)).toEqual(running.output().match(serverLines))
    expect(await runInShell(commandsOf(stdout)[1])).toMatchObject({ items: [{ userId: 'alice' }] })
  })

  test('prints the same as JSON with --json', async () => {
    const { code, stdout } = await launchers.run('status', ['--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      state: 'running',
      pid: running.pid,
      api: { health: 'ready' },
      worker: { health: 'ready' },
      servers: { database: { product: await databaseProduct() } },
    })
  })
})

describe('after Ctrl-C', () => {
  test('no process remains', async () => {
    expect(await launchers.remainingProcesses()).toHaveLength(1 + processNames.length)
    process.kill(running.pid, 'SIGINT')
    expect(await running.exited).toBe(0)
    expect(await launchers.remainingProcesses()).toEqual([])
  })

  test('the status is that nothing runs, with exit code 1', async () => {
    expect(await launchers.run('status')).toMatchObject({
      code: 1,
      stdout: `firstcome is not running on ${launchers.folder}. npm start starts it.\n`,
    })
    const { code, stdout } = await launchers.run('status', ['--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toEqual({ state: 'stopped', folder: launchers.folder })
  })

  test('the next start has the coupons of the one before, in a shell that read its variables too', async () => {
    const sourced = parseEnv(await readFile(join(launchers.folder, 'environment'), 'utf8'))
    running = await launchers.launch([], sourced)
    const [, list] = commandsOf(await running.banner())
    expect(await runInShell(list)).toMatchObject({ items: [{ userId: 'alice', rank: 1 }] })
  })
})

const expectReportedExit = async (name: string): Promise<void> => {
  process.kill(await launchers.pidOf(name), 'SIGKILL')
  expect(await running.exited).toBe(1)
  const report = `${name} exited unexpectedly with signal SIGKILL. Its last output`
  expect(running.output()).toMatch(new RegExp(`\\n${report} .*:\\n {2}\\S[^]*\\nstopped\\n$`))
  expect(await launchers.remainingProcesses()).toEqual([])
}

describe('when a process is killed', () => {
  test('a server is reported with its last output, and everything else is stopped', async () => {
    await expectReportedExit('redis')
  })

  test(
    'the launcher leaves nothing that the next start does not stop, on the same ports',
    twoStarts,
    async () => {
      const killed = await launchers.launch()
      await killed.banner()
      process.kill(killed.pid, 'SIGKILL')
      // Fresh, because Kafka keeps the group membership of a killed worker for half a minute.
      running = await launchers.launch(['--fresh'])
      await running.banner()
      expect(await launchers.remainingProcesses()).toHaveLength(1 + processNames.length)
    },
  )

  test('that does not stop, by a second Ctrl-C, everything is killed', async () => {
    // A halted process reacts to nothing but SIGKILL.
    process.kill(await launchers.pidOf('api'), 'SIGSTOP')
    const press = (): void => {
      // Signals within the first second count as one, because under npm each arrives twice.
      if (!running.output().includes('killed')) process.kill(running.pid, 'SIGINT')
      expect(running.output()).toContain('killed')
    }
    await vi.waitFor(press, { timeout: 4_000, interval: 100 })
    expect(await running.exited).toBe(130)
    await vi.waitFor(async () => expect(await launchers.remainingProcesses()).toEqual([]), { timeout: 2_000 })
  })

  test('the worker is reported with its last output, and everything else is stopped', async () => {
    running = await launchers.launch(['--fresh'])
    await running.banner()
    await expectReportedExit('worker')
  })
})

describe('a start that does not finish', () => {
  test('by Ctrl-C leaves no process', async () => {
    running = await launchers.launch()
    await vi.waitFor(() => launchers.pidOf('kafka'), { timeout: 10_000, interval: 10 })
    process.kill(running.pid, 'SIGINT')
    expect(await running.exited).toBe(0)
    expect(running.output()).not.toContain('curl')
    expect(await launchers.remainingProcesses()).toEqual([])
  })

  test('by taken ports names all of them before it starts anything', async () => {
    const { API_PORT, REDIS_PORT } = launchers.environment
    const listeners = [API_PORT, REDIS_PORT].map((port) => createServer().listen(Number(port), '127.0.0.1'))
    await Promise.all(listeners.map((listener) => once(listener, 'listening')))
    running = await launchers.launch()
    expect(await running.exited).toBe(1)
    for (const listener of listeners) listener.close()
    expect(running.output()).toBe(
      `port ${API_PORT} (API) is taken: set API_PORT to a free one\n` +
        `port ${REDIS_PORT} (Redis) is taken: set REDIS_PORT to a free one\n`,
    )
  })
})

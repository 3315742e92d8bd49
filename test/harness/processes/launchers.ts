import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, vi } from 'vitest'
import { serverConnectionSettings } from '../../../platform/connections/server-connections.ts'
import { findFreePort } from '../../../servers/ports.ts'
import { findRecordedProcess, processStartTime } from '../../../servers/processes/process-record.ts'
import { findFreeServerPorts } from '../../../servers/start-servers.ts'

/** A running `npm start`. */
export type Launcher = {
  readonly pid: number
  /** Everything that it has printed. */
  readonly output: () => string
  readonly exited: Promise<number | null>
  /** Resolves with the output when the banner is complete. */
  readonly banner: () => Promise<string>
}

/** `npm start` on a folder and ports of its own, with secrets that are given. */
export type Launchers = {
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv
  /** `changes` replace variables of the environment. */
  readonly launch: (words?: readonly string[], changes?: NodeJS.ProcessEnv) => Promise<Launcher>
  /** Runs another main.ts of servers/ and resolves with its exit code and its standard output. */
  readonly run: (main: string, words?: readonly string[]) => Promise<{ code: number; stdout: string }>
  readonly pidOf: (name: string) => Promise<number>
  /** The command lines of all processes that a launcher started and that still run. */
  readonly remainingProcesses: () => Promise<string[]>
  readonly close: () => Promise<void>
}

const servers = join(import.meta.dirname, '..', '..', '..', 'servers')
const bannerEnd = / stop +Ctrl-C\n/

const createEnvironment = async (folder: string): Promise<NodeJS.ProcessEnv> => {
  const ports = await findFreeServerPorts()
  const inherited = Object.entries(process.env).filter(
    ([name]) => !Object.hasOwn(serverConnectionSettings, name),
  )
  return {
    ...Object.fromEntries(inherited),
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
}

// Every process inherits FIRSTCOME_FOLDER. Redis overwrites its environment, but works in its own folder.
const belongsTo = async (folder: string, pid: string): Promise<boolean> => {
  try {
    const variables = await readFile(`/proc/${pid}/environ`, 'utf8')
    if (variables.includes(`FIRSTCOME_FOLDER=${folder}\0`)) return true
    return (await readlink(`/proc/${pid}/cwd`)).startsWith(folder)
  } catch {
    // It exited meanwhile.
    return false
  }
}

/** The command lines of all processes that an `npm start` on `folder` started and that still run. */
export const processesOf = async (folder: string): Promise<string[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const isOwn = await Promise.all(pids.map((pid) => belongsTo(folder, pid)))
  const remaining = pids.filter((_, index) => isOwn[index])
  return Promise.all(remaining.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8')))
}

export const createLaunchers = async (): Promise<Launchers> => {
  const folder = await mkdtemp(join(tmpdir(), 'firstcome-launcher-'))
  const environment = await createEnvironment(folder)
  const launchers: Launcher[] = []
  return {
    folder,
    environment,
    async launch(words = [], changes = {}) {
      const child = spawn(process.execPath, [join(servers, 'main.ts'), ...words], {
        env: { ...environment, ...changes },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let output = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (text: Buffer) => (output += text.toString()))
      const exited = once(child, 'close').then(() => child.exitCode)
      await once(child, 'spawn')
      const banner = async (): Promise<string> => {
        const shown = vi.waitFor(() => expect(output).toMatch(bannerEnd), { timeout: 60_000, interval: 20 })
        await Promise.race([shown, exited])
        expect(output).toMatch(bannerEnd)
        return output
      }
      const launcher = { pid: child.pid ?? 0, output: () => output, exited, banner }
      launchers.push(launcher)
      return launcher
    },
    async run(main, words = []) {
      try {
        const command = [join(servers, main, 'main.ts'), ...words]
        const { stdout } = await promisify(execFile)(process.execPath, command, { env: environment })
        return { code: 0, stdout }
      } catch (cause) {
        return cause as { code: number; stdout: string }
      }
    },
    async pidOf(name) {
      const pid = await findRecordedProcess(join(folder, name))
      if (pid === undefined) throw new Error(`${name} does not run`)
      return pid
    },
    remainingProcesses: () => processesOf(folder),
    async close() {
      for (const launcher of launchers) {
        if ((await processStartTime(launcher.pid)) === undefined) continue
        process.kill(launcher.pid, 'SIGTERM')
        await launcher.exited
      }
      await rm(folder, { recursive: true })
    },
  }
}

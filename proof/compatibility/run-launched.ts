import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { ProgressDisplay } from '../../platform/progress-display.ts'
import { type LaunchFacts, readLaunchFacts } from '../../servers/launch/launch-facts.ts'
import { readEnvironment } from '../../servers/launch/launch-folder.ts'
import { LaunchError, throwIfAborted } from '../../servers/launch-error.ts'
import { findFreePort } from '../../servers/ports.ts'
import { describeExit } from '../../servers/processes/spawn-logged.ts'
import { type ProcessHandle, startProcess } from '../../servers/processes/start-process.ts'
import { findFreeServerPorts } from '../../servers/start-servers.ts'

/** What `npm start`, `npm run load -- burst` and `npm run doctor` said. */
export type LaunchedResult = {
  /** As the servers named themselves. */
  servers: LaunchFacts['servers']
  burst: z.infer<typeof burstShape>['verdict']
  doctor: 'ok' | 'failed' | 'unread'
}

export type LaunchedOptions = {
  root: string
  /** Holds data and logs. */
  folder: string
  environment: NodeJS.ProcessEnv
  progress: ProgressDisplay
  signal: AbortSignal
}

const burstShape = z.object({ verdict: z.enum(['pass', 'fail', 'in-flight', 'unknown']) })
const pollMs = 100
const stopWithinMs = 30_000
const commandWithinMs = 300_000
/** The report of a burst has examples and figures, no answers. */
const outputBytesMax = 16 * 2 ** 20

const freePorts = async (): Promise<Record<string, string>> => {
  const servers = await findFreeServerPorts()
  const taken = new Set(Object.values(servers))
  const fresh = async (): Promise<string> => {
    const before = taken.size
    let port = 0
    while (taken.size === before) {
      port = await findFreePort()
      taken.add(port)
    }
    return String(port)
  }
  return {
    REDIS_PORT: String(servers.redis),
    KAFKA_PORT: String(servers.kafka),
    KAFKA_CONTROLLER_PORT: String(servers.kafkaController),
    DATABASE_PORT: String(servers.database),
    API_PORT: await fresh(),
    WORKER_PORT: await fresh(),
    API_METRICS_PORT: await fresh(),
    WORKER_METRICS_PORT: await fresh(),
  }
}

const waitForFacts = async (
  folder: string,
  launcher: ProcessHandle,
  signal: AbortSignal,
): Promise<LaunchFacts> => {
  let ended: string | undefined
  void launcher.exited.then((exit) => {
    ended = [`npm start ended with ${describeExit(exit)}:`, ...launcher.lastLines(10)].join('\n')
  })
  for (;;) {
    throwIfAborted(signal)
    if (ended !== undefined) throw new LaunchError(ended)
    const facts = await readLaunchFacts(folder)
    if (facts !== undefined) return facts
    await delay(pollMs)
  }
}

const failedExecution = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() })

/**
 * Starts everything with `npm start` on an empty folder and free ports, then runs a burst and the doctor.
 * Rejects when something does not start.
 */
export const runLaunched = async ({
  root,
  folder,
  environment,
  progress,
  signal,
}: LaunchedOptions): Promise<LaunchedResult> => {
  const own = join(folder, 'system')
  const launcher = await startProcess({
    name: 'npm start',
    command: process.execPath,
    arguments: [join(root, 'servers', 'main.ts')],
    environment: { ...environment, ...(await freePorts()), FIRSTCOME_FOLDER: own },
    folder: join(folder, 'launcher'),
    stopWithinMs,
  })
  const run = async (main: string, words: readonly string[]) => {
    const options = {
      env: { PATH: environment['PATH'], ...(await readEnvironment(own)) },
      ...{ signal, timeout: commandWithinMs, maxBuffer: outputBytesMax },
    }
    try {
      const program = [join(root, main), ...words, '--json']
      return { code: 0, ...(await promisify(execFile)(process.execPath, program, options)) }
    } catch (cause) {
      throwIfAborted(signal)
      return failedExecution.parse(cause)
    }
  }
  try {
    const { servers } = await progress.step('npm start', () => waitForFacts(own, launcher, signal))
    const burst = await progress.step('burst', () => run('load/main.ts', ['burst']))
    const doctor = await progress.step('doctor', () => run('commands/doctor/main.ts', []))
    for (const { stderr, code } of [burst, doctor]) if (code !== 0) progress.say(stderr.trim())
    return {
      servers,
      burst: burst.stdout === '' ? 'unknown' : burstShape.parse(JSON.parse(burst.stdout)).verdict,
      doctor: doctor.code === 0 ? 'ok' : doctor.code === 1 ? 'failed' : 'unread',
    }
  } finally {
    await progress.step('stopping everything', launcher.stop)
  }
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Failure, messageOf } from '../../platform/failure.ts'

/** A program of a load run in a process of its own. */
export type ServingProcess = {
  /** Where it serves. */
  readonly url: string
  readonly pid: number | undefined
  /** Ends it as a crash does. */
  kill(): Promise<void>
  stop(): Promise<void>
}

export type ServingProcessOptions = {
  /** For a message: `bare Hono`. */
  name: string
  /** Its file. It says its port in one line, 0 when it serves nothing, and exits when its input ends. */
  program: string
  environment: NodeJS.ProcessEnv
}

const startMs = 20_000

/** Starts a program, which ends with this process. Rejects `unavailable` when it does not start. */
export const startServingProcess = async ({
  name,
  program,
  environment,
}: ServingProcessOptions): Promise<ServingProcess> => {
  const child = spawn(process.execPath, [program], { env: environment, stdio: ['pipe', 'pipe', 'inherit'] })
  // It may be gone before its input ends.
  child.stdin.on('error', () => undefined)
  const exited = once(child, 'exit')
  const output = await Promise.race([
    once(child.stdout, 'data', { signal: AbortSignal.timeout(startMs) }).then(String),
    exited.then(([code]: unknown[]) => `exit code ${String(code)}`),
  ]).catch(messageOf)
  if (!/^\d+\n$/.test(output)) {
    child.kill('SIGKILL')
    throw new Failure('unavailable', `${name} did not start: ${output}`)
  }
  return {
    url: `http://127.0.0.1:${output.trim()}`,
    pid: child.pid,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    async stop() {
      child.stdin.end()
      await exited
    },
  }
}

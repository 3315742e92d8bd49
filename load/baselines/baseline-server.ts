import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Failure, messageOf } from '../../platform/failure.ts'

/** The web servers that the API is compared with, and what reports call them. */
export const baselineLabels = { node: 'bare node:http', hono: 'bare Hono' } as const

export type BaselineName = keyof typeof baselineLabels

/** Their names, in the order of reports. */
export const baselineNames = Object.keys(baselineLabels) as BaselineName[]

/** A baseline in its own process. */
export type BaselineServer = { readonly url: string; readonly pid: number | undefined; stop(): Promise<void> }

const startMs = 10_000
const program = fileURLToPath(new URL('main.ts', import.meta.url))

/** Starts a baseline on a free port. Rejects `unavailable` with its output when it does not start. */
export const startBaseline = async (name: BaselineName, jwtSecret: string): Promise<BaselineServer> => {
  const child = spawn(process.execPath, [program], {
    env: { BASELINE: name, JWT_SECRET: jwtSecret },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const output = await Promise.race([
    once(child.stdout, 'data', { signal: AbortSignal.timeout(startMs) }).then(String),
    exited.then(([code]: unknown[]) => `exit code ${String(code)}`),
  ]).catch(messageOf)
  if (!/^\d+\n$/.test(output)) {
    child.kill('SIGKILL')
    throw new Failure('unavailable', `${baselineLabels[name]} did not start: ${output}`)
  }
  return {
    url: `http://127.0.0.1:${output.trim()}`,
    pid: child.pid,
    async stop() {
      child.stdin.end()
      await exited
    },
  }
}

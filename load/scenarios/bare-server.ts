import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Failure, messageOf } from '../../platform/failure.ts'

/** Bare Hono in its own process. */
export type BareServer = { readonly url: string; stop(): Promise<void> }

const startMs = 10_000
const program = fileURLToPath(new URL('bare/main.ts', import.meta.url))

/** Starts bare Hono on a free port. Rejects with its output when it does not start. */
export const startBareServer = async (jwtSecret: string): Promise<BareServer> => {
  const child = spawn(process.execPath, [program], {
    env: { JWT_SECRET: jwtSecret },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const output = await Promise.race([
    once(child.stdout, 'data', { signal: AbortSignal.timeout(startMs) }).then(String),
    exited.then(([code]: unknown[]) => `exit code ${String(code)}`),
  ]).catch(messageOf)
  if (!/^\d+\n$/.test(output)) {
    child.kill('SIGKILL')
    throw new Failure('unavailable', `bare Hono did not start: ${output}`)
  }
  return {
    url: `http://127.0.0.1:${output.trim()}`,
    async stop() {
      child.stdin.end()
      await exited
    },
  }
}

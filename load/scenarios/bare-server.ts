import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Failure, messageOf } from '../../platform/failure.ts'

/** Bare Hono in a process of its own. */
export type BareServer = { readonly url: string; stop(): Promise<void> }

const startMs = 10_000
const program = fileURLToPath(new URL('bare/main.ts', import.meta.url))

/** Starts it on a free port. Rejects with what it said when it does not come up. */
export const startBareServer = async (jwtSecret: string): Promise<BareServer> => {
  const child = spawn(process.execPath, [program], {
    env: { JWT_SECRET: jwtSecret },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const said = await Promise.race([
    once(child.stdout, 'data', { signal: AbortSignal.timeout(startMs) }).then(String),
    exited.then(([code]: unknown[]) => `exit code ${String(code)}`),
  ]).catch(messageOf)
  if (!/^\d+\n$/.test(said)) {
    child.kill('SIGKILL')
    throw new Failure('unavailable', `bare Hono did not start: ${said}`)
  }
  return {
    url: `http://127.0.0.1:${said.trim()}`,
    async stop() {
      child.stdin.end()
      await exited
    },
  }
}

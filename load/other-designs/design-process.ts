import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Failure, messageOf } from '../../platform/failure.ts'
import type { DesignSale } from './design-store.ts'

export type DesignName = 'naive-mysql' | 'send-and-forget'

/** What reports call the designs. */
export const designLabels: Record<DesignName, string> = {
  'naive-mysql': 'MySQL FOR UPDATE',
  'send-and-forget': 'send and forget',
}

/** A part of a design in a process of its own. */
export type DesignProcess = {
  /** Where it is served; of a consumer the port is 0. */
  readonly url: string
  /** Ends it as a crash does. */
  kill(): Promise<void>
  stop(): Promise<void>
}

const startMs = 20_000
const program = fileURLToPath(new URL('main.ts', import.meta.url))

/**
 * Starts a part, which ends with this process. Rejects `unavailable` with its output when it does not start.
 */
export const startDesign = async (
  part: DesignName | 'consumer',
  sale: DesignSale,
  environment: NodeJS.ProcessEnv,
): Promise<DesignProcess> => {
  const child = spawn(process.execPath, [program], {
    env: { ...environment, DESIGN_PART: part, DESIGN_SALE: JSON.stringify(sale) },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  // It may be gone before its input ends.
  child.stdin.on('error', () => undefined)
  const exited = once(child, 'exit')
  const output = await Promise.race([
    once(child.stdout, 'data', { signal: AbortSignal.timeout(startMs) }).then(String),
    exited.then(([code]: unknown[]) => `exit code ${String(code)}`),
  ]).catch(messageOf)
  if (!/^\d+\n$/.test(output)) {
    child.kill('SIGKILL')
    throw new Failure('unavailable', `the design ${part} did not start: ${output}`)
  }
  return {
    url: `http://127.0.0.1:${output.trim()}`,
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

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { Failure, messageOf } from '../../platform/failure.ts'
import type { BadClientCounts, BadClientTarget } from './bad-client.ts'
import type { BadClientName } from './bad-client-kinds.ts'

/** Bad clients in a process of their own. */
export type BadClientProcess = {
  /** Ends it, and resolves with what it did. */
  stop(): Promise<BadClientCounts>
}

const startMs = 10_000
const stopMs = 5_000
const program = fileURLToPath(new URL('main.ts', import.meta.url))
const counts = z.object({ opened: z.number(), sent: z.number(), answered: z.number(), cut: z.number() })

/**
 * The address that bad clients of a local API come from. Bounds for each address count them apart from
 * everybody else, and only Linux has more than one address of its own without set-up.
 */
export const badClientAddress = (url: string): Pick<BadClientTarget, 'from'> =>
  process.platform === 'linux' && new URL(url).hostname === '127.0.0.1' ? { from: '127.0.0.2' } : {}

/**
 * Starts bad clients of these kinds. They end with this process. Rejects `unavailable` when they do not
 * start.
 */
export const startBadClients = async (
  names: readonly BadClientName[],
  target: BadClientTarget,
): Promise<BadClientProcess> => {
  const child = spawn(process.execPath, [program], {
    env: { BAD_CLIENTS: JSON.stringify({ names, target }) },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  // It may be gone before its input ends.
  child.stdin.on('error', () => undefined)
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const nextLine = async (withinMs: number): Promise<string> => {
    const { promise, reject } = Promise.withResolvers<never>()
    const limit = setTimeout(() => reject(new Error('it does not answer')), withinMs)
    try {
      return String((await Promise.race([lines.next(), promise])).value)
    } finally {
      clearTimeout(limit)
    }
  }
  const fail = (what: string, cause: unknown): never => {
    child.kill('SIGKILL')
    throw new Failure('unavailable', `bad clients did not ${what}: ${messageOf(cause)}`)
  }
  if ((await nextLine(startMs).catch((cause) => fail('start', cause))) !== 'running')
    fail('start', new Error('it exited'))
  return {
    async stop() {
      child.stdin.end()
      const last = await nextLine(stopMs).catch((cause) => fail('stop', cause))
      await exited
      return counts.parse(JSON.parse(last))
    },
  }
}

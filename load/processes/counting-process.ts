import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { z } from 'zod'
import { Failure, messageOf } from '../../platform/failure.ts'

/** Clients in a process of their own, so that their work is not done by whoever measures. */
export type CountingProcess<Counts> = {
  /** Ends it, and resolves with what it did. */
  stop(): Promise<Counts>
}

export type CountingProcessOptions<Counts> = {
  /** For a message: `bad clients`. */
  name: string
  /** Its file. It says `running` in one line, and its counts as JSON when its input ends. */
  program: string
  environment: NodeJS.ProcessEnv
  counts: z.ZodType<Counts>
  startMs: number
}

const stopMs = 5_000

/** Starts clients. They end with this process. Rejects `unavailable` when they do not start. */
export const startCountingProcess = async <Counts>({
  name,
  program,
  environment,
  counts,
  startMs,
}: CountingProcessOptions<Counts>): Promise<CountingProcess<Counts>> => {
  const child = spawn(process.execPath, [program], { env: environment, stdio: ['pipe', 'pipe', 'inherit'] })
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
    throw new Failure('unavailable', `${name} did not ${what}: ${messageOf(cause)}`)
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

import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { throwIfAborted, LaunchError } from './launch-error.ts'
import { describeExit, type ProcessHandle } from './processes/start-process.ts'

/** What to ask a port, and how to tell that the answer is the one of a server that works. */
export type ReadinessProbe = {
  port: number
  /** Sent as soon as connected. Nothing, for a protocol in which the server speaks first. */
  request?: Uint8Array | undefined
  /** Called with all that was answered so far; undefined means: not enough yet. */
  isReady: (answer: Buffer) => boolean | undefined
}

const answerTimeoutMs = 2_000
const pauseMs = 25

/** Asks once. False when nothing listens, when the answer says "not yet" and when none comes within 2 s. */
const ask = (question: ReadinessProbe): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: question.port, timeout: answerTimeoutMs })
    let answer = Buffer.alloc(0)
    const settle = (ready: boolean): void => {
      socket.destroy()
      resolve(ready)
    }
    socket.once('connect', () => {
      if (question.request !== undefined) socket.write(question.request)
    })
    socket.on('data', (bytes) => {
      answer = Buffer.concat([answer, typeof bytes === 'string' ? Buffer.from(bytes) : bytes])
      const ready = question.isReady(answer)
      if (ready !== undefined) settle(ready)
    })
    socket.once('timeout', () => settle(false))
    socket.once('error', () => settle(false))
    socket.once('close', () => settle(false))
  })

/**
 * Resolves once `server` answers. Otherwise stops it and throws a StartFault: when it ends by itself, after
 * `timeoutMs`, or when `signal` aborts.
 */
export const waitUntilReady = async (
  server: ProcessHandle,
  question: ReadinessProbe,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<void> => {
  let ended: string | undefined
  void server.exited.then((exit) => {
    ended = `ended with ${describeExit(exit)}`
  })
  const giveUpAt = Date.now() + timeoutMs
  try {
    while (!(await ask(question))) {
      throwIfAborted(signal)
      if (Date.now() > giveUpAt) ended ??= `did not answer within ${timeoutMs} ms`
      if (ended !== undefined) {
        const output = server.lastLines(8).map((line) => `    ${line}`)
        throw new LaunchError([`${server.name} ${ended} (${server.logFile}):`, ...output].join('\n'))
      }
      await delay(pauseMs)
    }
    throwIfAborted(signal)
  } catch (cause) {
    await server.stop()
    throw cause
  }
}

import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Failure } from '../../platform/failure.ts'
import type { SheetAnswer } from '../generator/answer-sheet.ts'
import type { GeneratorFigures, OpenModel } from './open-model.ts'

/** What the process of a generator is told. */
export type OpenModelOrder = { model: OpenModel; requests: readonly Buffer[] }

/** What it tells in the end. Moments are those of the clock of the machine. */
export type OpenModelDone = {
  generator: GeneratorFigures
  /** By shopper; undefined without an answer. */
  answers: readonly (SheetAnswer | undefined)[]
  /** Connection faults by error code. */
  faults: ReadonlyMap<string, number>
}

// To start, to open connections, and to hand everything over.
const aroundMs = 60_000
const program = fileURLToPath(new URL('main.ts', import.meta.url))

/** In the process of a generator: tells its parent. */
export const sendOpenModelDone = (done: OpenModelDone): void => void process.send?.(done)

/**
 * Runs an open model in a process of its own, which ends with this one. Rejects `unavailable` when that ends
 * without a result, or takes much longer than its presses.
 */
export const runOpenModelProcess = async (order: OpenModelOrder): Promise<OpenModelDone> => {
  const { model, requests } = order
  const { promise, resolve, reject } = Promise.withResolvers<OpenModelDone>()
  const fail = (how: string): void => reject(new Failure('unavailable', `the generator ${how}`))
  const child = fork(program, [], {
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const limitMs = (requests.length * 1_000) / model.perSecond + model.graceMs + aroundMs
  const limit = setTimeout(() => fail('did not end'), limitMs)
  child.on('message', (done) => resolve(done as OpenModelDone))
  child.on('exit', (code, signal) => fail(`ended without a result: ${signal ?? `exit code ${code}`}`))
  child.on('error', (cause) => fail(`did not start: ${cause.message}`))
  try {
    child.send(order, (cause) => cause !== null && fail(`cannot be told: ${cause.message}`))
    return await promise
  } finally {
    clearTimeout(limit)
    child.kill('SIGKILL')
  }
}

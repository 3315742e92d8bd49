import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { findRecordedProcess, processStartTime, stopRecordedProcess } from './process-record.ts'
import { runProgram } from './run-program.ts'
import { type ProcessHandle, startProcess, stopInOrder } from './start-process.ts'

let folder: string
const handles: ProcessHandle[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firstcome-processes-'))
})

afterEach(async () => {
  for (const handle of handles.splice(0)) {
    handle.kill()
    await handle.exited
  }
  await rm(folder, { recursive: true })
})

const start = async (script: string, stopWithinMs = 5_000, name = 'one'): Promise<ProcessHandle> => {
  const handle = await startProcess({
    name,
    command: process.execPath,
    arguments: ['-e', `${script}; setInterval(() => {}, 1000); console.log('up')`],
    folder: join(folder, name),
    stopWithinMs,
  })
  handles.push(handle)
  await vi.waitFor(() => expect(handle.lastLines(1)).toEqual(['up']), { timeout: 5_000, interval: 10 })
  return handle
}

const ignoresSigterm = "process.on('SIGTERM', () => {})"

describe('a process', () => {
  test('that ignores SIGTERM is killed after its time limit', async () => {
    const handle = await start(ignoresSigterm, 50)
    await handle.stop()
    expect(await handle.exited).toEqual({ code: null, signal: 'SIGKILL' })
  })

  test('has its last lines kept, of both streams', async () => {
    const handle = await start("console.log('one'); console.error('two')")
    expect(handle.lastLines(2)).toEqual(['two', 'up'])
  })

  test('is stopped in order with others, and all are killed after the common time limit', async () => {
    const quick = await start("process.on('SIGTERM', () => process.exit(7))", 5_000, 'quick')
    const stuck = await start(ignoresSigterm, 5_000, 'stuck')
    await stopInOrder([quick, stuck], 200)
    expect(await quick.exited).toEqual({ code: 7, signal: null })
    expect(await stuck.exited).toEqual({ code: null, signal: 'SIGKILL' })
  })
})

describe('a process that a killed launcher left', () => {
  test('is stopped before another starts on its folder', async () => {
    const left = await start('')
    const next = await start('')
    expect(await left.exited).toEqual({ code: null, signal: 'SIGTERM' })
    expect(await findRecordedProcess(join(folder, 'one'))).toBe(next.pid)
  })

  test('is killed when it ignores SIGTERM', async () => {
    const left = await start(ignoresSigterm)
    await stopRecordedProcess(join(folder, 'one'), 50)
    expect(await left.exited).toEqual({ code: null, signal: 'SIGKILL' })
  })

  test('is not found after it has exited, even when its pid is reused', async () => {
    const handle = await start('')
    handle.kill()
    await handle.exited
    expect(await findRecordedProcess(join(folder, 'one'))).toBeUndefined()
  })
})

describe('a program', () => {
  test('that fails is reported with its exit and its last output', async () => {
    const failing = runProgram({
      command: 'sh',
      arguments: ['-c', 'echo the disk is full; exit 3'],
      logFile: join(folder, 'log'),
      timeoutMs: 5_000,
    })
    await expect(failing).rejects.toThrow(/^sh -c .*\n {2}exited with code 3 .*:\n {4}the disk is full$/)
  })

  test('that ends with advice is reported with what it said before', async () => {
    const advice = 'It failed!; for line in 1 2 3 4 5 6 7 8 9; do echo see page $line; done; exit 1'
    const failing = runProgram({
      command: 'sh',
      arguments: ['-c', `echo the disk is full; echo ${advice}`],
      logFile: join(folder, 'log'),
      timeoutMs: 5_000,
      adviceFrom: 'It failed!',
    })
    await expect(failing).rejects.toThrow(/\):\n {4}the disk is full$/)
  })

  test('that is aborted leaves none of the programs that it started', async () => {
    const abort = new AbortController()
    const pidFile = join(folder, 'pid')
    const running = runProgram({
      command: 'sh',
      arguments: ['-c', `sh -c 'echo $$ >${pidFile}; exec sleep 60' & wait`],
      logFile: join(folder, 'log'),
      timeoutMs: 30_000,
      signal: abort.signal,
    })
    const pid = await vi.waitFor(async () => Number((await readFile(pidFile, 'utf8')).trim() || NaN), {
      timeout: 5_000,
      interval: 10,
    })
    abort.abort()
    await expect(running).rejects.toThrow('stopped before everything was ready')
    expect(await processStartTime(pid)).toBeUndefined()
  })
})

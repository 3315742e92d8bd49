import { afterEach, expect, test } from 'vitest'
import { killPrograms, type Program, runOwnProgram } from '../../test/harness/processes/run-own-program.ts'
import { until } from '../../test/harness/values/until.ts'

afterEach(killPrograms)

/** A program of two processes. Each runs `body`, with `say` and `life` in scope. */
const start = (body: string): Promise<Program> =>
  runOwnProgram(`
    import { runInProcesses } from 'platform/process/cluster.ts'
    import { runProcess } from 'platform/process/run-process.ts'
    const say = (text) => process.stdout.write(text + '\\n')
    const log = { info: () => {}, error: ({ how }) => say('ended by ' + how) }
    const options = { count: 2, log, monotonicMs: () => performance.now(), prepare: async () => say('prepared') }
    await runProcess((life) => runInProcesses({ ...options, life }, async () => {
      ${body}
    }))`)

const stays = `say('up ' + process.pid); setInterval(() => {}, 3_600_000);`
const pidsOf = (program: Program): number[] =>
  program.lines().flatMap((line) => (line.startsWith('up ') ? [Number(line.slice(3))] : []))
const startedPids = (program: Program, count: number): Promise<number[]> =>
  until(`${count} have started`, () => {
    const pids = pidsOf(program)
    return pids.length === count && pids
  })
const hasExited = (pid: number): boolean => {
  try {
    return !process.kill(pid, 0)
  } catch {
    return true
  }
}
const allExited = (pids: readonly number[]): Promise<true> =>
  until('no process is left', () => pids.every(hasExited) || undefined)

test('after `prepare` both processes run; a signal stops them step by step, with code 0', async () => {
  const program = await start(
    `life.onStop({ name: 'slow', timeoutMs: 5000, stop: async () => { await null; say('stopped') } }); ${stays}`,
  )
  const pids = await startedPids(program, 2)
  program.signal('SIGTERM')
  const { code, lines, stderr } = await program.end()
  expect([code, lines[0], lines.slice(3), stderr]).toEqual([0, 'prepared', ['stopped', 'stopped'], ''])
  expect(pids.filter((pid) => !hasExited(pid))).toEqual([])
})

test('a process that gets a signal from the terminal and from its supervisor finishes its steps', async () => {
  const program = await start(`
    let received = 0
    process.on('SIGTERM', () => (received += 1))
    const stop = async () => { say('stopping'); while (received < 2) await new Promise(setImmediate); say('stopped') }
    life.onStop({ name: 'slow', timeoutMs: 5000, stop }); ${stays}`)
  const [first, second] = await startedPids(program, 2)
  for (const pid of [first, second]) process.kill(pid ?? 0, 'SIGTERM')
  await until('both are stopping', () => program.lines().length === 5)
  program.signal('SIGTERM')
  const { code, lines } = await program.end()
  expect([code, lines.slice(3)]).toEqual([0, ['stopping', 'stopping', 'stopped', 'stopped']])
})

test('a second signal ends all processes at once with code 130, whatever they are doing', async () => {
  const program = await start(
    `life.onStop({ name: 'stuck', timeoutMs: 5000, stop: () => { say('stopping'); for (const end = Date.now() + 15_000; Date.now() < end; ); } }); ${stays}`,
  )
  const pids = await startedPids(program, 2)
  program.signal('SIGTERM')
  await until('both are stopping', () => program.lines().length === 5)
  let hasEnded = false
  const end = program.end().finally(() => (hasEnded = true))
  await until('it exited', () => {
    program.signal('SIGTERM')
    return hasEnded
  })
  expect((await end).code).toBe(130)
  await allExited(pids)
})

test('a process that is killed, or stopped alone, is restarted; the other stays', async () => {
  const program = await start(stays)
  const [first = 0, second = 0] = await startedPids(program, 2)
  process.kill(first, 'SIGKILL')
  const [, , third = 0] = await startedPids(program, 3)
  process.kill(second, 'SIGTERM')
  const [, , , fourth = 0] = await startedPids(program, 4)
  expect([first, second, third, fourth].map(hasExited)).toEqual([true, true, false, false])
  expect(program.lines().filter((line) => line.startsWith('ended'))).toEqual([
    'ended by signal SIGKILL',
    'ended by code 0',
  ])
  program.signal('SIGTERM')
  expect((await program.end()).code).toBe(0)
})

test('when a process exits five times right after its start, all exit with code 1 and the reason', async () => {
  const program = await start(`say('up ' + process.pid); throw new Error('no memory')`)
  const { code, lines, stderr } = await program.end()
  expect(code).toBe(1)
  expect(stderr).toContain('a process exited 5 times in a row right after its start; no further restart')
  expect(stderr).toContain('no memory')
  expect(lines.filter((line) => line === 'ended by code 1').length).toBeLessThanOrEqual(9)
  expect(pidsOf(program).filter((pid) => !hasExited(pid))).toEqual([])
})

test('when the supervisor itself is killed, no process stays', async () => {
  const program = await start(stays)
  const pids = await startedPids(program, 2)
  program.signal('SIGKILL')
  expect(await allExited(pids)).toBe(true)
})

import { afterEach, expect, test } from 'vitest'
import { killPrograms, type Program, runProgram } from '../../test/harness/processes/programs.ts'
import { until } from '../../test/harness/values/until.ts'

afterEach(killPrograms)

/** A program of two processes. Each runs `body`, in which `say` and `life` are known. */
const start = (body: string): Promise<Program> =>
  runProgram(`
    import { isKeeperOf, keepProcesses } from 'platform/process/cluster.ts'
    import { runProcess } from 'platform/process/run-process.ts'
    const say = (text) => process.stdout.write(text + '\\n')
    const log = { info: () => {}, error: ({ how }) => say('ended by ' + how) }
    await runProcess(async (life) => {
      if (isKeeperOf(2)) return keepProcesses({ count: 2, life, log, monotonicMs: () => performance.now() })
      ${body}
    })`)

const stays = `say('up ' + process.pid); setInterval(() => {}, 3_600_000);`
const pidsOf = (program: Program): number[] =>
  program.lines().flatMap((line) => (line.startsWith('up ') ? [Number(line.slice(3))] : []))
const upOnce = (program: Program, count: number): Promise<number[]> =>
  until(`${count} came up`, () => {
    const pids = pidsOf(program)
    return pids.length === count && pids
  })
const isGone = (pid: number): boolean => {
  try {
    return !process.kill(pid, 0)
  } catch {
    return true
  }
}
const allGone = (pids: readonly number[]): Promise<true> =>
  until('nobody is left', () => pids.every(isGone) || undefined)

test('a signal reaches every process, which stops step by step, and the whole ends with code 0 after them', async () => {
  const program = await start(
    `life.onStop({ name: 'slow', timeoutMs: 5000, stop: async () => { await null; say('stopped') } }); ${stays}`,
  )
  const pids = await upOnce(program, 2)
  program.signal('SIGTERM')
  const { code, lines, told } = await program.end()
  expect([code, lines.slice(2), told]).toEqual([0, ['stopped', 'stopped'], ''])
  expect(pids.filter((pid) => !isGone(pid))).toEqual([])
})

test('a process that is told by a terminal and by its keeper is told once: its steps run to their end', async () => {
  const program = await start(`
    let told = 0
    process.on('SIGTERM', () => (told += 1))
    const stop = async () => { say('stopping'); while (told < 2) await new Promise(setImmediate); say('stopped') }
    life.onStop({ name: 'slow', timeoutMs: 5000, stop }); ${stays}`)
  const [first, second] = await upOnce(program, 2)
  for (const pid of [first, second]) process.kill(pid ?? 0, 'SIGTERM')
  await until('both are stopping', () => program.lines().length === 4)
  program.signal('SIGTERM')
  const { code, lines } = await program.end()
  expect([code, lines.slice(2)]).toEqual([0, ['stopping', 'stopping', 'stopped', 'stopped']])
})

test('a second signal ends all of them at once with code 130, whatever they are doing', async () => {
  const program = await start(
    `life.onStop({ name: 'stuck', timeoutMs: 5000, stop: () => { say('stopping'); for (const end = Date.now() + 15_000; Date.now() < end; ); } }); ${stays}`,
  )
  const pids = await upOnce(program, 2)
  program.signal('SIGTERM')
  await until('both are stopping', () => program.lines().length === 4)
  let hasEnded = false
  const end = program.end().finally(() => (hasEnded = true))
  await until('it ended', () => {
    program.signal('SIGTERM')
    return hasEnded
  })
  expect((await end).code).toBe(130)
  await allGone(pids)
})

test('one that is killed, and one that is told to end by itself, are replaced; the other stays', async () => {
  const program = await start(stays)
  const [first = 0, second = 0] = await upOnce(program, 2)
  process.kill(first, 'SIGKILL')
  const [, , third = 0] = await upOnce(program, 3)
  process.kill(second, 'SIGTERM')
  const [, , , fourth = 0] = await upOnce(program, 4)
  expect([first, second, third, fourth].map(isGone)).toEqual([true, true, false, false])
  expect(program.lines().filter((line) => line.startsWith('ended'))).toEqual([
    'ended by signal SIGKILL',
    'ended by code 0',
  ])
  program.signal('SIGTERM')
  expect((await program.end()).code).toBe(0)
})

test('one that dies again and again right after its start is given up: all end, with code 1 and a word about it', async () => {
  const program = await start(`say('up ' + process.pid); throw new Error('no memory')`)
  const { code, lines, told } = await program.end()
  expect(code).toBe(1)
  expect(told).toContain('one of the processes died 5 times in a row right after its start; giving up')
  expect(told).toContain('no memory')
  expect(lines.filter((line) => line === 'ended by code 1').length).toBeLessThanOrEqual(9)
  expect(pidsOf(program).filter((pid) => !isGone(pid))).toEqual([])
})

test('when the keeper itself is killed, nobody is left behind', async () => {
  const program = await start(stays)
  const pids = await upOnce(program, 2)
  program.signal('SIGKILL')
  expect(await allGone(pids)).toBe(true)
})

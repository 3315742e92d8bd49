import { afterEach, expect, test } from 'vitest'
import { killPrograms, type Program, runOwnProgram } from '../../test/harness/processes/run-own-program.ts'
import { until } from '../../test/harness/values/until.ts'

afterEach(killPrograms)

/** A process that runs `body` as its main function, and prints `ready` after it. */
const start = (body: string): Promise<Program> =>
  runOwnProgram(`import { runProcess } from 'platform/process/run-process.ts'
    const say = (text) => process.stdout.write(text + '\\n')
    const never = () => new Promise((resolve) => setTimeout(resolve, 3_600_000))
    await runProcess(async (life) => { ${body}; say('ready'); setInterval(() => {}, 3_600_000) })`)

const steps = `
  life.onStop({ name: 'first', timeoutMs: 1000, stop: async () => { await null; say('first') } })
  life.onStop({ name: 'second', timeoutMs: 1000, stop: () => say('second') })`

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s runs the steps in order and exits with code 0',
  async (signal) => {
    const running = await start(steps)
    await running.said('ready')
    running.signal(signal)
    expect(await running.end()).toEqual({ code: 0, lines: ['ready', 'first', 'second'], stderr: '' })
  },
)

test('a step that does not end is reported and abandoned, and the next one runs', async () => {
  const running = await start(`life.onStop({ name: 'stuck', timeoutMs: 50, stop: never }); ${steps}`)
  await running.said('ready')
  running.signal('SIGTERM')
  expect(await running.end()).toEqual({
    code: 0,
    lines: ['ready', 'first', 'second'],
    stderr: 'stuck did not stop within 50 ms\n',
  })
})

test.each([
  ['rejects', "async () => { throw new Error('no more') }"],
  ['throws', "() => { throw new Error('no more') }"],
])('a step that %s is reported, and the next one runs', async (_, stop) => {
  const running = await start(`life.onStop({ name: 'broken', timeoutMs: 1000, stop: ${stop} }); ${steps}`)
  await running.said('ready')
  running.signal('SIGTERM')
  expect(await running.end()).toEqual({
    code: 0,
    lines: ['ready', 'first', 'second'],
    stderr: 'broken failed to stop: no more\n',
  })
})

test.each([
  ['SIGTERM', 'SIGTERM'],
  ['SIGINT', 'SIGINT'],
  ['SIGTERM', 'SIGINT'],
] as const)(
  'a second signal (%s, then %s) exits at once, whatever a step is doing',
  async (first, second) => {
    const stuck = `life.onStop({ name: 'stuck', timeoutMs: 5000, stop: () => { say('stopping'); return never() } }); ${steps}`
    const running = await start(stuck)
    await running.said('ready')
    running.signal(first)
    await running.said('stopping')
    let ended = false
    const end = running.end().finally(() => (ended = true))
    // Signals that arrive together with the first count as one with it.
    await until('it exited', () => {
      running.signal(second)
      return ended
    })
    expect(await end).toEqual({ code: 130, lines: ['ready', 'stopping'], stderr: '' })
  },
)

test('an error of main is printed, the steps so far run, and the exit code is 1', async () => {
  const running = await start(`${steps}; throw new Error('the port is taken')`)
  expect(await running.end()).toEqual({ code: 1, lines: ['first', 'second'], stderr: 'the port is taken\n' })
})

test('`fail` runs the steps once and exits with code 1', async () => {
  const running = await start(`${steps}; life.fail('the log is gone'); life.fail('and the ledger')`)
  expect(await running.end()).toEqual({
    code: 1,
    lines: expect.arrayContaining(['first', 'second']),
    stderr: 'the log is gone\nand the ledger\n',
  })
})

test('a signal while main is still running runs the steps so far', async () => {
  const running = await start(`${steps}; say('starting'); await never()`)
  await running.said('starting')
  running.signal('SIGTERM')
  expect(await running.end()).toEqual({ code: 0, lines: ['starting', 'first', 'second'], stderr: '' })
})

test('two signals at once, from the terminal and from npm, count as one', async () => {
  const running = await start(`
    let received = 0
    for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => (received += 1))
    const both = async () => { while (received < 2) await new Promise(setImmediate); say('both') }
    life.onStop({ name: 'slow', timeoutMs: 5000, stop: both }); ${steps}`)
  await running.said('ready')
  running.signal('SIGINT')
  running.signal('SIGTERM')
  expect(await running.end()).toEqual({ code: 0, lines: ['ready', 'both', 'first', 'second'], stderr: '' })
})

test('`isStopping` is true from the first signal on, before any step', async () => {
  const running = await start(
    `say(life.isStopping()); process.on('SIGTERM', () => say(life.isStopping())); ${steps}`,
  )
  await running.said('ready')
  running.signal('SIGTERM')
  expect((await running.end()).lines).toEqual(['false', 'ready', 'true', 'first', 'second'])
})

test('steps that together could take longer than 8 s are an error at the start', async () => {
  const running = await start(
    `life.onStop({ name: 'long', timeoutMs: 7000, stop: () => say('long') }); ${steps}`,
  )
  expect(await running.end()).toEqual({
    code: 1,
    lines: ['long'],
    stderr: 'with the step first the shutdown could take 8000 ms; 7800 ms are allowed\n',
  })
})

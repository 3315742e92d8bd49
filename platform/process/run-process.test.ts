import { afterEach, expect, test } from 'vitest'
import { killPrograms, type Program, runProgram } from '../../test/harness/processes/programs.ts'
import { until } from '../../test/harness/values/until.ts'

afterEach(killPrograms)

/** A process of its own whose whole life is `body`; it says `ready` when its body is through. */
const start = (body: string): Promise<Program> =>
  runProgram(`import { runProcess } from 'platform/process/run-process.ts'
    const say = (text) => process.stdout.write(text + '\\n')
    const never = () => new Promise((resolve) => setTimeout(resolve, 3_600_000))
    await runProcess(async (life) => { ${body}; say('ready'); setInterval(() => {}, 3_600_000) })`)

const steps = `
  life.onStop({ name: 'first', timeoutMs: 1000, stop: async () => { await null; say('first') } })
  life.onStop({ name: 'second', timeoutMs: 1000, stop: () => say('second') })`

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s stops it step by step, in order, with code 0',
  async (signal) => {
    const running = await start(steps)
    await running.said('ready')
    running.signal(signal)
    expect(await running.end()).toEqual({ code: 0, lines: ['ready', 'first', 'second'], told: '' })
  },
)

test('a step that does not end is named and left behind, and the next one runs', async () => {
  const running = await start(`life.onStop({ name: 'stuck', timeoutMs: 50, stop: never }); ${steps}`)
  await running.said('ready')
  running.signal('SIGTERM')
  expect(await running.end()).toEqual({
    ...{ code: 0, lines: ['ready', 'first', 'second'] },
    told: 'stuck did not end within 50 ms\n',
  })
})

test.each([
  ['rejects', "async () => { throw new Error('no more') }"],
  ['throws', "() => { throw new Error('no more') }"],
])('a step that %s is told of, and the next one runs', async (_, stop) => {
  const running = await start(`life.onStop({ name: 'broken', timeoutMs: 1000, stop: ${stop} }); ${steps}`)
  await running.said('ready')
  running.signal('SIGTERM')
  expect(await running.end()).toEqual({
    ...{ code: 0, lines: ['ready', 'first', 'second'] },
    told: 'broken did not end well: no more\n',
  })
})

test.each([
  ['SIGTERM', 'SIGTERM'],
  ['SIGINT', 'SIGINT'],
  ['SIGTERM', 'SIGINT'],
] as const)(
  'a second signal (%s, then %s) ends it at once, whatever a step is doing',
  async (first, second) => {
    const stuck = `life.onStop({ name: 'stuck', timeoutMs: 5000, stop: () => { say('stopping'); return never() } }); ${steps}`
    const running = await start(stuck)
    await running.said('ready')
    running.signal(first)
    await running.said('stopping')
    let ended = false
    const end = running.end().finally(() => (ended = true))
    // Those that come together with the first are one with it.
    await until('it ended', () => {
      running.signal(second)
      return ended
    })
    expect(await end).toEqual({ code: 130, lines: ['ready', 'stopping'], told: '' })
  },
)

test('what main throws is told in its own words and ends it with code 1, after the steps so far', async () => {
  const running = await start(`${steps}; throw new Error('the port is taken')`)
  expect(await running.end()).toEqual({ code: 1, lines: ['first', 'second'], told: 'the port is taken\n' })
})

test('a part that cannot go on ends it with code 1, once', async () => {
  const running = await start(`${steps}; life.fail('the log is gone'); life.fail('and the ledger')`)
  expect(await running.end()).toEqual({
    ...{ code: 1, lines: expect.arrayContaining(['first', 'second']) },
    told: 'the log is gone\nand the ledger\n',
  })
})

test('a signal while main is still starting stops what was started', async () => {
  const running = await start(`${steps}; say('starting'); await never()`)
  await running.said('starting')
  running.signal('SIGTERM')
  expect(await running.end()).toEqual({ code: 0, lines: ['starting', 'first', 'second'], told: '' })
})

test('signals that come together, from a terminal and handed on by npm, are one wish: it stops step by step', async () => {
  const running = await start(`
    let heard = 0
    for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => (heard += 1))
    const both = async () => { while (heard < 2) await new Promise(setImmediate); say('both') }
    life.onStop({ name: 'slow', timeoutMs: 5000, stop: both }); ${steps}`)
  await running.said('ready')
  running.signal('SIGINT')
  running.signal('SIGTERM')
  expect(await running.end()).toEqual({ code: 0, lines: ['ready', 'both', 'first', 'second'], told: '' })
})

test('from the first signal on it is stopping, before any step', async () => {
  const running = await start(
    `say(life.isStopping()); process.on('SIGTERM', () => say(life.isStopping())); ${steps}`,
  )
  await running.said('ready')
  running.signal('SIGTERM')
  expect((await running.end()).lines).toEqual(['false', 'ready', 'true', 'first', 'second'])
})

test('steps that together could take longer than the 8 s that are promised are refused at the start', async () => {
  const running = await start(
    `life.onStop({ name: 'long', timeoutMs: 7000, stop: () => say('long') }); ${steps}`,
  )
  expect(await running.end()).toEqual({
    ...{ code: 1, lines: ['long'] },
    told: 'going away could take 8000 ms with the step first; 7800 ms are allowed\n',
  })
})

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'

const module = new URL('process.ts', import.meta.url).href

const children: ChildProcess[] = []
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')))

/** A process of its own whose whole life is `body`; it says `ready` when its body is through. */
const start = async (body: string) => {
  const script = `import { runProcess } from '${module}'
    const say = (text) => process.stdout.write(text + '\\n')
    const never = () => new Promise((resolve) => setTimeout(resolve, 3_600_000))
    await runProcess(async (life) => { ${body}; say('ready'); setInterval(() => {}, 3_600_000) })`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script])
  children.push(child)
  const text = { out: '', err: '' }
  const changed: (() => void)[] = []
  child.stdout.on('data', (bytes) => {
    text.out += String(bytes)
    for (const check of changed) check()
  })
  child.stderr.on('data', (bytes) => {
    text.err += String(bytes)
  })
  const ended = once(child, 'close')
  return {
    /** Resolves once it has said this. */
    said: (word: string) =>
      new Promise<void>((resolve) => {
        const check = (): void => {
          if (text.out.includes(word)) resolve()
        }
        changed.push(check)
        check()
      }),
    signal: (name: NodeJS.Signals) => child.kill(name),
    async end() {
      const [code] = await ended
      return { code, lines: text.out.split('\n').slice(0, -1), told: text.err }
    },
  }
}

const steps = `
  life.onStop({ name: 'first', timeoutMs: 5000, stop: async () => { await null; say('first') } })
  life.onStop({ name: 'second', timeoutMs: 5000, stop: () => say('second') })`

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
  const running = await start(`life.onStop({ name: 'broken', timeoutMs: 5000, stop: ${stop} }); ${steps}`)
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
    const stuck = `life.onStop({ name: 'stuck', timeoutMs: 3_600_000, stop: () => { say('stopping'); return never() } }); ${steps}`
    const running = await start(stuck)
    await running.said('ready')
    running.signal(first)
    await running.said('stopping')
    running.signal(second)
    expect(await running.end()).toEqual({ code: 130, lines: ['ready', 'stopping'], told: '' })
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

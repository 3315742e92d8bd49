import { afterEach, expect, test } from 'vitest'
import { killPrograms, runOwnProgram } from '../../test/harness/processes/run-own-program.ts'
import { createLogger, prettyTerminal } from './logger.ts'

afterEach(killPrograms)

/** A logger that keeps its lines in memory, on a clock that the test moves. */
const openLogger = (level: 'debug' | 'info' = 'info') => {
  const lines: Record<string, unknown>[] = []
  let nowMs = 0
  const log = createLogger('test', level, {
    stream: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
    monotonicMs: () => nowMs,
  })
  const said = (): string[] => lines.splice(0).map(({ msg }) => String(msg))
  return {
    log,
    lines,
    said,
    pass: (milliseconds: number): void => {
      nowMs += milliseconds
    },
  }
}

const times = (count: number, act: (index: number) => void): void => {
  for (let index = 0; index < count; index += 1) act(index)
}

test('a message is one line of JSON with level, part, time and fields', () => {
  const { log, lines } = openLogger()
  log.warn({ campaignId: 'a' }, 'arming starts over')
  expect(lines).toEqual([
    {
      level: 40,
      part: 'test',
      campaignId: 'a',
      msg: 'arming starts over',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    },
  ])
})

test('of 4,842 equal messages in a second 30 are written, and one line counts the others', () => {
  const { log, said, lines, pass } = openLogger()
  times(4_842, () => log.warn({ attempt: 1 }, 'not recorded'))
  expect(said()).toEqual(Array(30).fill('not recorded'))
  pass(1_000)
  log.info('well again')
  expect(lines[0]).toMatchObject({ level: 40, more: 4_812 })
  expect(said()).toEqual(['… 4,812 more of these: not recorded', 'well again'])
  pass(1_000)
  log.info('well again')
  expect(said()).toEqual(['well again'])
})

test('a storm does not suppress other messages, nor the same text at another level', () => {
  const { log, said } = openLogger('debug')
  times(100, () => log.warn('not recorded'))
  said()
  log.error('not recorded')
  log.debug({ a: 1 }, 'something else')
  log.child({ request: 1 }).warn('not recorded')
  expect(said()).toEqual(['not recorded', 'something else'])
})

test('a message that comes 30 times a second is never suppressed', () => {
  const { log, said, pass } = openLogger()
  times(50, () => {
    times(30, () => log.info('steady'))
    pass(1_000)
  })
  expect(said()).toEqual(Array(1_500).fill('steady'))
})

test('a storm of different messages is suppressed too', () => {
  const { log, said, pass } = openLogger()
  times(10_000, (index) => log.info(`number ${index}`))
  expect(said()).toHaveLength(500 + 30)
  pass(1_000)
  log.info('calm')
  expect(said()).toEqual(['… 9,470 more of these: other messages', 'calm'])
})

const stormProgram = (rest: string): string => `
  import { createLogger } from 'platform/log/logger.ts'
  const log = createLogger('test', 'info')
  for (let count = 0; count < 5000; count += 1) log.info('again')
  ${rest}`

test('suppressed lines are counted when the second is over, also when nothing more is logged', async () => {
  const program = await runOwnProgram(stormProgram('setInterval(() => {}, 3_600_000)'))
  await program.said('more of these')
  program.signal('SIGKILL')
  const { lines } = await program.end()
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ msg: '… 4,970 more of these: again' })
})

test('a process that exits in a storm still writes its last line and the count', async () => {
  const { lines } = await (await runOwnProgram(stormProgram("log.error('the end'); process.exit(1)"))).end()
  const said = lines.map((line) => (JSON.parse(line) as { msg: string }).msg)
  expect(said).toEqual([...Array(30).fill('again'), 'the end', '… 4,970 more of these: again'])
})

test('at a terminal a message is one line of plain text', () => {
  let shown = ''
  const terminal = {
    write: (text: string | Uint8Array) => {
      shown += String(text)
      return true
    },
    hasColors: () => false,
  }
  const log = createLogger('api', 'info', { stream: prettyTerminal(terminal), monotonicMs: () => 0 })
  log.info({ port: 8_080 }, 'the API is listening')
  expect(shown).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: the API is listening .*"port":8080.*\n$/)
})

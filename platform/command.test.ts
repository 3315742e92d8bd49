import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { runInProcess } from '../test/harness/processes/run-in-process.ts'
import { type Command, defineCommand, defineCommandGroup } from './command.ts'
import { Failure } from './failure.ts'
import { argument, flag, integer, optional, path, required } from './option.ts'
import { count } from './settings.ts'

const colour = (text: string) => (['red', 'green'].includes(text) ? text : undefined)
const paint = defineCommand({
  name: 'npm run paint --',
  summary: 'Paints one wall.',
  options: {
    wall: argument(
      required({ placeholder: 'wall', help: 'which wall', expected: 'a wall', parse: (text) => text }),
    ),
    colour: required({ placeholder: 'COLOUR', help: 'red or green', expected: 'a colour', parse: colour }),
    trim: optional({ placeholder: 'COLOUR', help: 'of its edge', expected: 'a colour', parse: colour }),
    coats: integer({ min: 1, max: 20, default: 3, help: 'how many' }),
    dry: integer({ min: 0, max: 9, unit: 'seconds', placeholder: 'SECONDS', help: 'wait' }),
    plan: path('FILE', 'where the plan is'),
    fast: flag('does not wait'),
  },
  settings: z.object({ BRUSHES: count(1, 9), LADDERS: count(1, 9) }),
  check: ({ fast, dry }) => (fast && dry !== undefined ? ['--dry: not with --fast'] : []),
  exitCodes: { painted: [0, 'the wall is painted'], spotted: [1, 'the wall has spots'] },
  failureExitCode: [4, 'no paint'],
  async run({ wall, colour: paintOf, coats }, { print, settings }) {
    if (wall === 'roof') throw new Failure('refused', 'a roof is no wall')
    if (wall === 'sky') throw new Failure('unavailable', 'the sky does not answer')
    await print({ text: `${wall} ${paintOf}\n`, json: { wall, coats, brushes: settings.BRUSHES } })
    return wall === 'old' ? 'spotted' : 'painted'
  },
})
const run = (words: string, env?: Record<string, string>) =>
  runInProcess(
    paint,
    words.split(' ').filter((word) => word !== ''),
    env,
  )

describe('what a command is given', () => {
  test('options and the argument are read in any order, defaults where they are left out', () => {
    expect(paint.parse(['--fast', 'north', '--colour=red'])).toEqual({
      wall: 'north',
      colour: 'red',
      trim: undefined,
      coats: 3,
      dry: undefined,
      plan: undefined,
      fast: true,
      json: false,
    })
    const words = 'north --colour green --trim red --coats 007 --dry 0 --plan a'.split(' ')
    expect(paint.parse(words)).toMatchObject({ trim: 'red', coats: 7, dry: 0, plan: 'a' })
  })

  test.each([
    ['north', '--colour: expected a colour, not nothing'],
    ['north --colour blue', '--colour: expected a colour, not blue'],
    ['north --colour red --trim blue', '--trim: expected a colour, not blue'],
    ['--colour red', 'expected a wall, not nothing'],
    ['north --colour red --plan=', '--plan: expected a path, not nothing'],
    ['north --colour red --fast --dry 1', '--dry: not with --fast'],
    ['north --nme a', "Unknown option '--nme'"],
    ['north --colour', "Option '--colour <value>' argument missing"],
    ['north --fast=yes', "Option '--fast' does not take an argument"],
  ])('`%s` is wrong use: %s', async (words, fault) => {
    expect(await run(words)).toEqual({ code: 2, stdout: '', stderr: `${fault}\n\n${paint.help}\n` })
  })

  test.each(['0', '21', '-1', '1.5', '1e1', '0x5', ' 5', 'five', ''])(
    '%j is no number within 1 to 20',
    (text) => {
      expect(() => paint.parse(['north', '--colour', 'red', `--coats=${text}`])).toThrow(
        `--coats: expected 1 to 20, not ${text || 'nothing'}\n\n`,
      )
    },
  )

  test('all faults are named at once, each in a line', async () => {
    const { stderr } = await run('--coats 0 --dry x --fast')
    expect(stderr.split('\n\n')[0]?.split('\n')).toEqual([
      'expected a wall, not nothing',
      '--colour: expected a colour, not nothing',
      '--coats: expected 1 to 20, not 0',
      '--dry: expected 0 to 9 seconds, not x',
    ])
  })

  test('faults of options and settings are named together', async () => {
    const { stderr } = await run('north', { BRUSHES: '0' })
    expect(stderr).toMatch(/^--colour: .*\nThese settings .*\n {2}BRUSHES: .*\n\nnpm run paint/)
  })

  test('all settings that are wrong are named at once', async () => {
    const { code, stdout, stderr } = await run('north --colour red', { BRUSHES: '0', LADDERS: 'x' })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^These settings .*\n {2}BRUSHES: .*\n {2}LADDERS: .*\n$/)
  })
})

describe('what a command prints', () => {
  test('the result as text, or as one JSON document', async () => {
    expect(await run('north --colour red')).toEqual({ code: 0, stdout: 'north red\n', stderr: '' })
    const { stdout } = await run('north --colour red --json', { BRUSHES: '2' })
    expect(JSON.parse(stdout)).toEqual({ wall: 'north', coats: 3, brushes: 2 })
  })

  test.each([
    ['old --colour red', 1, ''],
    ['roof --colour red', 2, 'a roof is no wall\n'],
    ['sky --colour red', 4, 'the sky does not answer\n'],
  ])('`%s` ends with %i', async (words, code, stderr) => {
    expect(await run(words)).toMatchObject({ code, stderr })
  })

  test.each(['--help', '-h', 'north --coats 0 --help'])('`%s` prints how it is used', async (words) => {
    expect((await run(words)).stdout.split('\n')).toEqual([
      'npm run paint -- <wall> --colour COLOUR [options]',
      '',
      'Paints one wall.',
      '',
      '  <wall>           which wall',
      '  --colour COLOUR  red or green',
      '  --trim COLOUR    of its edge',
      '  --coats N        how many: 1 to 20, 3 when left out',
      '  --dry SECONDS    wait: 0 to 9 seconds',
      '  --plan FILE      where the plan is',
      '  --fast           does not wait',
      '  --json           prints the result as one JSON document',
      '  --help           prints this',
      '',
      'Exit codes',
      '  0  the wall is painted',
      '  1  the wall has spots',
      '  2  wrong use: options, settings, or what they name',
      '  4  no paint',
      '',
      'Settings: BRUSHES, LADDERS',
      '',
    ])
  })
})

describe('two arguments', () => {
  const wall = (placeholder: string) =>
    argument(
      required({ placeholder, help: 'a wall', expected: `the ${placeholder} wall`, parse: (text) => text }),
    )
  const move = defineCommand({
    name: 'npm run move --',
    summary: 'Moves a picture.',
    options: { from: wall('first'), fast: flag('runs'), to: wall('second') },
    exitCodes: { moved: [0, 'it hangs there'] },
    run: async () => 'moved',
  })

  test('are read in their order, wherever options stand', () => {
    expect(move.parse(['north', '--fast', 'south'])).toMatchObject({ from: 'north', to: 'south', fast: true })
  })

  test('are both in the help', () => {
    expect(move.help).toMatch(/^npm run move -- <first> <second> \[options\]\n/)
  })

  test.each([
    [[], ['expected the first wall, not nothing', 'expected the second wall, not nothing']],
    [['north'], ['expected the second wall, not nothing']],
  ])('%j lacks what is not given', async (words, faults) => {
    const { code, stderr } = await runInProcess(move, words)
    expect([code, stderr.split('\n\n')[0]?.split('\n')]).toEqual([2, faults])
  })

  test('have what is left over in the last, which then names nothing that exists', () => {
    expect(move.parse(['north', 'south', 'east'])).toMatchObject({ from: 'north', to: 'south east' })
  })
})

/** Prints pieces as they are made, and fails after them. */
const createCounter = (): Command => {
  async function* pieces(): AsyncGenerator<number[]> {
    for (let piece = 1; piece <= 3; piece += 1) {
      await setTimeout(1)
      yield [piece]
    }
    throw new Failure('unavailable', 'no fourth')
  }
  async function* texts(): AsyncGenerator<string> {
    for await (const [piece] of pieces()) yield `piece ${piece}\n`
  }
  return defineCommand({
    name: 'count',
    summary: 'Counts.',
    options: {},
    exitCodes: { counted: [0, 'counted'] },
    async run(_, { print }) {
      await print({ text: texts(), jsonLines: pieces() })
      return 'counted'
    },
  })
}

test('pieces are printed as they come, a JSON document in each line, before a failure', async () => {
  expect(await runInProcess(createCounter(), [])).toEqual({
    code: 2,
    stdout: 'piece 1\npiece 2\npiece 3\n',
    stderr: 'no fourth\n',
  })
  expect((await runInProcess(createCounter(), ['--json'])).stdout).toBe('1\n2\n3\n')
})

describe('commands of one name', () => {
  const group = defineCommandGroup({ paint, count: createCounter() })

  test('the first word says which', async () => {
    expect(await runInProcess(group, ['paint', 'north', '--colour', 'red'])).toMatchObject({ code: 0 })
    expect((await runInProcess(group, ['paint', '--help'])).stdout).toBe(`${paint.help}\n`)
    expect((await runInProcess(group, ['--help'])).stdout).toBe(`${group.help}\n`)
  })

  test.each([
    [[], 'nothing'],
    [['toString'], 'toString'],
    [['--json', 'paint'], '--json'],
  ])('%j is wrong use', async (words, said) => {
    const stderr = `expected paint or count, not ${said}\n\n${group.help}\n`
    expect(await runInProcess(group, words)).toEqual({ code: 2, stdout: '', stderr })
  })
})

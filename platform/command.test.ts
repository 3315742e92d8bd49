import { expect, test } from 'vitest'
import { helpFlag, rangeOf, readArguments } from './command.ts'
import { Failure } from './failure.ts'

const usage = 'command [--name TEXT] [--count N] [--loud]'
const flags = {
  name: { type: 'string' },
  count: { type: 'string' },
  loud: { type: 'boolean' },
  ...helpFlag,
} as const
const bounds = { default: 3, min: 1, max: 20, unit: 'seconds' }
const read = (words: string) => readArguments(words.split(' '), { flags, usage })

test('flags and the words beside them are read, in any order', () => {
  const { values, positionals } = read('one --name a --loud two --count=5')
  expect({ ...values }).toEqual({ name: 'a', loud: true, count: '5' })
  expect(positionals).toEqual(['one', 'two'])
  expect(read('-h').values.help).toBe(true)
})

const failureOf = (refuse: () => unknown): Failure => {
  try {
    refuse()
  } catch (cause) {
    if (cause instanceof Failure) return cause
  }
  throw new Error('it was not refused')
}

test.each([
  ['--nme a', "Unknown option '--nme'"],
  ['--name', "Option '--name <value>' argument missing"],
  ['--loud=yes', "Option '--loud' does not take an argument"],
])('`%s` is refused at once, in one sentence, with what is accepted', (words, says) => {
  const { code, message } = failureOf(() => read(words))
  expect([code, message]).toEqual(['refused', `${says}\n\n${usage}`])
})

test('a number is one within its bounds, and its default when it is left out', () => {
  const { number, refuseFaults } = read('x')
  expect(number('count', undefined, bounds)).toBe(3)
  expect(['1', '20', '007'].map((text) => number('count', text, bounds))).toEqual([1, 20, 7])
  expect(refuseFaults()).toBeUndefined()
})

test.each(['0', '21', '-1', '1.5', '1e1', '0x5', ' 5', 'five'])(
  '%j is no number within the bounds',
  (text) => {
    const { number, refuseFaults } = read('x')
    expect(number('count', text, bounds)).toBeNaN()
    expect(failureOf(refuseFaults).message).toContain(`--count: expected 1 to 20 seconds, not ${text}\n`)
  },
)

test('all faults are named at once and in order, and what was left empty is called nothing', () => {
  const { number, expected, fault, refuseFaults } = read('x')
  expected('--name: expected a name', '')
  number('count', '', bounds)
  fault('--loud: only with --name')
  expect(failureOf(refuseFaults).message.split('\n')).toEqual([
    '--name: expected a name, not nothing',
    '--count: expected 1 to 20 seconds, not nothing',
    '--loud: only with --name',
    '',
    usage,
  ])
})

test('a range says its unit when it has one', () => {
  expect([rangeOf(bounds), rangeOf({ default: 1, min: 0, max: 9 })]).toEqual(['1 to 20 seconds', '0 to 9'])
})

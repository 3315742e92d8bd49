import { expect, test } from 'vitest'
import { parseArguments, usage } from './arguments.ts'

test.each([
  [[], { kind: 'run' }],
  [['--only', 'the fence'], { kind: 'run', only: 'the fence' }],
  [['--list'], { kind: 'list' }],
  [['--list', '--only', 'cut'], { kind: 'list', only: 'cut' }],
  [['--write'], { kind: 'write' }],
  [['--help', '--write'], 'help'],
])('the words %j are understood', (words, command) => {
  expect(parseArguments(words)).toEqual(command)
})

test.each([
  [['fence'], 'expected no words beside the options, not fence'],
  [['--only', ''], '--only: expected words, not nothing'],
  [['--only'], "Option '--only <value>' argument missing"],
  [['--write', '--list'], '--write: goes alone, it is always the whole list'],
  [['--all'], "Unknown option '--all'"],
])('the words %j are refused, with what is accepted', (words, fault) => {
  expect(() => parseArguments(words)).toThrow(`${fault}\n\n${usage}`)
})

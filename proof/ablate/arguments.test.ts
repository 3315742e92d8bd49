import { expect, test } from 'vitest'
import { parseArguments, usage } from './arguments.ts'

test.each([
  [[], { kind: 'run' }],
  [['--only', 'the fence'], { kind: 'run', only: 'the fence' }],
  [['--list'], { kind: 'list' }],
  [['--list', '--only', 'cut'], { kind: 'list', only: 'cut' }],
  [['--write'], { kind: 'write' }],
  [['--help', '--write'], 'help'],
])('accepts the words %j', (words, command) => {
  expect(parseArguments(words)).toEqual(command)
})

test.each([
  [['fence'], 'expected no words beside the options, not fence'],
  [['--only', ''], '--only: expected words, not nothing'],
  [['--only'], "Option '--only <value>' argument missing"],
  [['--write', '--list'], '--write: takes no other option, because it writes the whole list'],
  [['--all'], "Unknown option '--all'"],
])('refuses the words %j, and shows the usage', (words, fault) => {
  expect(() => parseArguments(words)).toThrow(`${fault}\n\n${usage}`)
})

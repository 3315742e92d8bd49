import { expect, test } from 'vitest'
import { parseArguments, usage } from './arguments.ts'

test('the words behind npm run doctor', () => {
  expect([[], ['--json'], ['-h']].map(parseArguments)).toEqual([{ isJson: false }, { isJson: true }, 'help'])
})

test.each([
  ['a flag that does not exist', ['--jsn'], "Unknown option '--jsn'"],
  ['words beside the flags', ['redis', 'kafka'], 'expected no words beside the flags, not redis kafka'],
])('are refused with what is accepted: %s', (_, words, says) => {
  expect(() => parseArguments(words)).toThrow(`${says}\n\n${usage}`)
})

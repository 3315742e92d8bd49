import { expect, test } from 'vitest'
import { runInProcess } from '../../test/harness/processes/run-in-process.ts'
import { ablateCommand } from './command.ts'

test.each([
  [['fence'], 'expected no words beside the options, not fence'],
  [['--only', ''], '--only: expected words, not nothing'],
  [['--only'], "Option '--only <value>' argument missing"],
  [['--write', '--list'], '--write: takes no other option, because it writes the whole list'],
  [['--write', '--only', 'a'], '--write: takes no other option, because it writes the whole list'],
  [['--all'], "Unknown option '--all'"],
  [['--list', '--only', 'no such words'], 'no safeguard has these words: no such words\n'],
])('refuses the words %j', async (words, fault) => {
  const { code, stdout, stderr } = await runInProcess(ablateCommand, words)
  expect([code, stdout, stderr.split('\n\n')[0]]).toEqual([2, '', fault])
})

test('lists the safeguards whose section has these words, as text and as JSON', async () => {
  const words = ['--list', '--only', '1. decide']
  const { code, stdout } = await runInProcess(ablateCommand, words)
  expect(code).toBe(0)
  const documents = JSON.parse((await runInProcess(ablateCommand, [...words, '--json'])).stdout) as object[]
  expect(stdout.trimEnd().split('\n\n')).toHaveLength(documents.length)
  expect(documents[0]).toMatchObject({ section: '1. Decide', files: expect.any(Array) })
})

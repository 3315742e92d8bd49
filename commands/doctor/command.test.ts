import { expect, test } from 'vitest'
import { runInProcess } from '../../test/harness/processes/run-in-process.ts'
import { doctorCommand } from './command.ts'

test.each([
  ['an option that does not exist', ['--jsn'], /^Unknown option '--jsn'\n/],
  ['words beside the options', ['redis'], /^expected no words beside the options, not redis\n/],
  ['wrong settings', [], /REDIS_URL.*\n.*KAFKA_BROKERS.*\n.*DATABASE_URL.*\n.*CONNECTIONS_MAX/],
])('wrong use ends with 2: %s', async (_, words, message) => {
  const { code, stdout, stderr } = await runInProcess(doctorCommand, words, { CONNECTIONS_MAX: 'many' })
  expect(stderr).toMatch(message)
  expect([code, stdout]).toEqual([2, ''])
})

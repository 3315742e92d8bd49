import { randomUUIDv7 } from 'node:crypto'
import { expect, test } from 'vitest'
import { runInProcess } from '../../test/harness/processes/run-in-process.ts'
import { auditCommand } from './command.ts'

const addresses = {
  REDIS_URL: 'redis://127.0.0.1:9',
  KAFKA_BROKERS: '127.0.0.1:9',
  DATABASE_URL: 'mysql://127.0.0.1:9/firstcome',
}

test.each([
  ['no words', [], addresses, /^expected the id of one campaign, not nothing\n/],
  ['an id of another form', ['K1'], addresses, /^expected the id of one campaign, not K1\n/],
  ['two campaigns', ['a', 'b'], addresses, /^expected the id of one campaign, not a b\n/],
  ['an option that does not exist', [randomUUIDv7(), '--jsn'], addresses, /^Unknown option '--jsn'\n/],
  ['no address', [randomUUIDv7()], {}, /REDIS_URL.*\n.*KAFKA_BROKERS.*\n.*DATABASE_URL/],
])('wrong use ends with 2: %s', async (_, words, environment, fault) => {
  const { code, stdout, stderr } = await runInProcess(auditCommand, words, environment)
  expect(stderr).toMatch(fault)
  expect([code, stdout]).toEqual([2, ''])
})

import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { defineCommand } from './command.ts'

test('a command that prints many times leaves one listener on its output', async () => {
  const command = defineCommand({
    name: 'npm run count --',
    summary: 'Counts.',
    options: {},
    exitCodes: { done: [0, 'done'] },
    async run(_, { print }) {
      for (let number = 0; number < 20; number += 1) await print({ text: `${number}\n` })
      return 'done'
    },
  })
  const stdout = new PassThrough().resume()
  const listenersBefore = stdout.eventNames().reduce((sum, name) => sum + stdout.listenerCount(name), 0)
  expect(await command.run([], { env: {}, stdout, stderr: new PassThrough() })).toBe(0)
  const listeners = stdout.eventNames().reduce((sum, name) => sum + stdout.listenerCount(name), 0)
  expect(listeners - listenersBefore).toBe(1)
})

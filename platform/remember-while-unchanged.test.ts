import { expect, test } from 'vitest'
import { rememberWhileUnchanged } from './remember-while-unchanged.ts'

test('a value is read again when its digest changed, and at the 20th time whatever its digest is', async () => {
  let [digest, reads] = ['a', 0]
  const remembered = rememberWhileUnchanged(
    async () => digest,
    async () => (reads += 1),
  )
  expect([await remembered(), await remembered()]).toEqual([1, 1])
  digest = 'b'
  expect([await remembered(), await remembered()]).toEqual([2, 2])
  for (let read = 5; read < 20; read += 1) expect(await remembered()).toBe(2)
  expect(await remembered()).toBe(3)
})

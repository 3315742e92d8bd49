import { afterEach, expect, test } from 'vitest'
import { createIssuerKey, keySetOf } from '../../test/harness/values/issuer-key.ts'
import { until } from '../../test/harness/values/until.ts'
import { createLogger } from '../log/logger.ts'
import { createIssuerKeys, type IssuerKeys } from './issuer-keys.ts'

const log = createLogger('test', 'silent')
const [first, second] = [createIssuerKey('EdDSA', 'first'), createIssuerKey('EdDSA', 'second')]

const started: IssuerKeys[] = []
afterEach(() => started.splice(0).forEach((keys) => keys.stop()))

/** Keys of an issuer whose answers the test gives, with a clock that only the test moves. */
const keysOf = (read: () => Promise<string>, { refreshMs = 3_600_000, cooldownMs = 30_000 } = {}) => {
  const clock = { nowMs: 1_000 }
  let reads = 0
  const keys = createIssuerKeys({
    read: () => {
      reads += 1
      return read()
    },
    ...{ refreshMs, cooldownMs, log },
    monotonicMs: () => clock.nowMs,
  })
  started.push(keys)
  return { keys, clock, reads: () => reads }
}
const knownIn = ({ keySet }: IssuerKeys): string[] => [...(keySet()?.byId.keys() ?? [])]

test('200 unknown keys make it read once in a cool-down', async () => {
  let text = keySetOf(first)
  const { keys, clock, reads } = keysOf(() => Promise.resolve(text))
  await keys.refresh()
  for (let n = 0; n < 200; n += 1) expect(keys.readAgain()).toBe(false)
  expect(reads()).toBe(1)

  clock.nowMs += 30_000
  text = keySetOf(first, second)
  for (let n = 0; n < 200; n += 1) expect(keys.readAgain()).toBe(true)
  await keys.refresh()
  expect(reads()).toBe(2)
  expect(knownIn(keys)).toEqual(['first', 'second'])
  for (let n = 0; n < 200; n += 1) expect(keys.readAgain()).toBe(false)
  expect(reads()).toBe(2)
})

test.each([
  ['does not answer', () => Promise.reject(new Error('no connection'))],
  ['answers what is no key set', () => Promise.resolve('<html>')],
  ['answers a set without a key', () => Promise.resolve('{"keys":[]}')],
])('the old set stays when the issuer %s', async (_, later) => {
  let read = () => Promise.resolve(keySetOf(first))
  const { keys, clock } = keysOf(() => read())
  await keys.refresh()
  const readAtMs = keys.readAtMs()
  clock.nowMs += 60_000
  read = later
  await keys.refresh()
  expect(knownIn(keys)).toEqual(['first'])
  expect(keys.readAtMs()).toBe(readAtMs)
  read = () => Promise.resolve(keySetOf(second))
  await keys.refresh()
  expect(knownIn(keys)).toEqual(['second'])
  expect(keys.readAtMs()).toBe(61_000)
})

test('a timer reads it again, also when nobody shows an unknown key', async () => {
  let text = keySetOf(first)
  const { keys } = keysOf(() => Promise.resolve(text), { refreshMs: 5 })
  await keys.refresh()
  text = keySetOf(second)
  await until('the second key is there', () => Promise.resolve(knownIn(keys).includes('second')))
})

test('an issuer that is away at the start is asked again until it is there', async () => {
  let read = () => Promise.reject<string>(new Error('no connection'))
  const { keys } = keysOf(() => read(), { refreshMs: 5 })
  await keys.refresh()
  expect(keys.keySet()).toBeUndefined()
  read = () => Promise.resolve(keySetOf(first))
  await until('the keys are there', () => Promise.resolve(keys.keySet() !== undefined))
})

test('one reading is under way at a time', async () => {
  const { promise, resolve } = Promise.withResolvers<string>()
  const { keys, reads } = keysOf(() => promise)
  const both = [keys.refresh(), keys.refresh()]
  expect(keys.readAgain()).toBe(true)
  resolve(keySetOf(first))
  await Promise.all(both)
  expect(reads()).toBe(1)
})

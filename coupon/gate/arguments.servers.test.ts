import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { RedisClient } from '../../platform/redis.ts'
import {
  type ArmedGate,
  armGate,
  grantRequest,
  grantRequests,
  openRedis,
} from '../../test/harness/values/armed-gate.ts'
import { unrecordedKey } from './keys.ts'
import { confirmScript, decideScript, lookScript } from './scripts.ts'

let redis: RedisClient
beforeAll(async () => {
  redis = await openRedis(inject('gatesRedisUrl'))
})
afterAll(() => redis.close())

/** A gate with a winner, a waiting entry and a free rank, so that there is something to lose. */
const armed = async (): Promise<ArmedGate> => {
  const gate = await armGate(redis, { free: [1, 2], nextRank: 3, perUserLimit: 10 })
  await gate.gate.decide(gate.id, 1, grantRequests(1))
  return gate
}

const { couponId } = grantRequest()
const good = `1 good ${couponId}\n`
const head = ['1', '1', '200000']

/** The invalid request stands between valid ones: those before it must not be granted. */
const among = (wrong: string): string[] => [...head, `${good}${wrong}\n1 better ${couponId}\n`]

test.each([
  ['no requests', head],
  ['empty requests', [...head, '']],
  ['one value too many', [...head, good, good]],
  ['an outbox bound that is not a number', ['1', '1', 'many', good]],
  ['an outbox bound that is empty', ['1', '1', '', good]],
  ['a request without its coupon id', among('1 user')],
  ['a request without its slot', among(`user ${couponId}`)],
  ['a request of four parts', among(`1 user ${couponId} more`)],
  ['an empty line', among('')],
  ['a last line without its end', [...head, `${good}1 user ${couponId}`]],
  ['two spaces', among(`1  user ${couponId}`)],
  ['an empty user id', among(`1  ${couponId}`)],
  ['a user id of 65 characters', among(`1 ${'x'.repeat(65)} ${couponId}`)],
  ...[' ', ',', '\n', '\0', '/', '{', '}', '"', '\\', 'é', '#', '*', '^', ']', '%', '$'].map(
    (character): [string, string[]] => [
      `a user id with ${JSON.stringify(character)}`,
      among(`1 a${character}b ${couponId}`),
    ],
  ),
  ...['0', '11', '-1', '1.0', '1.5', '01', '010', '', 'one', ' 1', '1e0', '0x1'].map(
    (slot): [string, string[]] => [`a slot ${JSON.stringify(slot)}`, among(`${slot} user ${couponId}`)],
  ),
  ['a coupon id of 35 characters', among(`1 user ${couponId.slice(1)}`)],
  ['a coupon id of 37 characters', among(`1 user ${couponId}0`)],
  ['a coupon id with a bar', among(`1 user ${couponId.replace('-', '|')}`)],
  ['a coupon id with a comma', among(`1 user ${couponId.replace('-', ',')}`)],
])('decide refuses %s and leaves no trace', async (_, args) => {
  const { keys, content } = await armed()
  const before = await content()
  const run = redis.run(decideScript, [keys.gate, keys.winners, keys.outbox, keys.free, unrecordedKey], args)
  await expect(run).rejects.toMatchObject({ code: 'defect' })
  expect(await content()).toEqual(before)
})

test.each([
  ['no key', 0],
  ['one key', 1],
  ['two keys', 2],
  ['three keys', 3],
  ['six keys', 6],
])('no script does anything with %s', async (_, count) => {
  const { keys, content } = await armed()
  const given = [keys.gate, keys.winners, keys.outbox, keys.free, unrecordedKey, keys.gate].slice(0, count)
  const before = await content()
  await expect(redis.run(decideScript, given, [...head, good])).rejects.toThrow()
  await expect(redis.run(lookScript, given, ['1', '1', '1:user'])).rejects.toThrow()
  await expect(redis.run(confirmScript, given, ['1', '1', '1', '1'])).rejects.toThrow()
  expect(await content()).toEqual(before)
})

test.each([
  ['no entry', ['1', '1']],
  ['an entry without its count', ['1', '1', '1']],
  ['one value too many', ['1', '1', '1', '1', '1']],
  ...['0', '-1', '1.5', 'one', '', '01', '1-1', ' 1', '*', '1e3'].flatMap((number): [string, string[]][] => [
    [`an entry named ${JSON.stringify(number)}`, ['1', '1', '1', '1', number, '1']],
    [`a count of ${JSON.stringify(number)}`, ['1', '1', '1', '1', '3', number]],
  ]),
])('confirm refuses %s and leaves no trace', async (_, args) => {
  const { keys, content } = await armed()
  const before = await content()
  await expect(
    redis.run(confirmScript, [keys.gate, keys.winners, keys.outbox, keys.free], args),
  ).rejects.toMatchObject({
    code: 'defect',
  })
  expect(await content()).toEqual(before)
})

test('look without a user is refused', async () => {
  const { keys } = await armed()
  const run = redis.run(lookScript, [keys.gate, keys.winners, keys.outbox, keys.free], ['1', '1'])
  await expect(run).rejects.toMatchObject({ code: 'defect' })
})

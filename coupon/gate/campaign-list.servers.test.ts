import { randomUUID, randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { RedisClient } from '../../platform/redis.ts'
import { openRedis, pairsOf } from '../../test/harness/values/armed-gate.ts'
import { listScript, registerScript } from './scripts.ts'

let redis: RedisClient
beforeAll(async () => {
  redis = await openRedis(inject('gatesRedisUrl'))
})
afterAll(() => redis.close())

/** A list under keys of its own. */
const newList = () => {
  const key = `fc:test:${randomUUID()}`
  const keys = [key, `${key}:retired`]
  const listed = async (...ids: string[]): Promise<unknown[]> =>
    (await redis.run(listScript, keys, ['', ...ids])) as unknown[]
  return {
    key,
    keys,
    register: (...args: (string | number)[]) => redis.run(registerScript, keys, args),
    codeOf: async (...ids: string[]) => (await listed(...ids))[0],
    versionsOf: async (...ids: string[]) => pairsOf((await listed(...ids)).slice(3)),
  }
}

describe('the list of campaigns', () => {
  test('a list that was never written is lost, not empty, and nothing can be added to it', async () => {
    const list = newList()
    const id = randomUUIDv7()
    expect(await list.codeOf()).toBe('LOST')
    expect(await list.codeOf(id)).toBe('LOST')
    expect(await list.register('some', id, 1)).toEqual(['LOST'])
    expect(await redis.command('EXISTS', ...list.keys)).toBe(0)
  })

  test('a complete list, empty or not, is trusted and takes more campaigns', async () => {
    const list = newList()
    expect(await list.register('all')).toEqual(['OK'])
    expect(await list.codeOf()).toBe('OK')
    expect(await list.versionsOf()).toEqual({})
    const [one, two] = [randomUUIDv7(), randomUUIDv7()]
    expect(await list.register('some', one, 1, two, 4)).toEqual(['OK'])
    expect(await list.versionsOf()).toEqual({ [one]: '1', [two]: '4' })
    expect(await list.versionsOf(two, randomUUIDv7())).toEqual({ [two]: '4' })
  })

  test('the highest version wins in any order of writes', async () => {
    const list = newList()
    const [one, two] = [randomUUIDv7(), randomUUIDv7()]
    await list.register('all', one, 3, two, 9)
    await list.register('some', one, 2)
    await list.register('all', one, 1, two, 10)
    expect(await list.versionsOf()).toEqual({ [one]: '3', [two]: '10' })
  })

  test.each([
    ['of another server', (key: string) => redis.command('HSET', key, 'marker', 'f'.repeat(40))],
    ['that is empty', (key: string) => redis.command('HSET', key, 'marker', '')],
    ['that is missing', (key: string) => redis.command('HDEL', key, 'marker')],
  ])('a list with a marker %s is lost until the complete list is written', async (_, spoil) => {
    const list = newList()
    const id = randomUUIDv7()
    await list.register('all', id, 1)
    await spoil(list.key)
    expect([await list.codeOf(), await list.codeOf(id)]).toEqual(['LOST', 'LOST'])
    expect(await list.register('some', id, 2)).toEqual(['LOST'])
    expect(await list.register('all', id, 2)).toEqual(['OK'])
    expect(await list.versionsOf()).toEqual({ [id]: '2' })
  })

  test.each([
    ['no scope', []],
    ['another scope', ['most', randomUUIDv7(), 1]],
    ['an id without its version', ['all', randomUUIDv7()]],
    ...['x', '', '0', '-1', '1.5'].map((version): [string, (string | number)[]] => [
      `a version ${JSON.stringify(version)} after a valid one`,
      ['all', randomUUIDv7(), 1, randomUUIDv7(), version],
    ]),
  ])('register refuses %s and leaves no trace', async (_, args) => {
    const list = newList()
    await expect(list.register(...args)).rejects.toMatchObject({ code: 'defect' })
    expect(await redis.command('EXISTS', ...list.keys)).toBe(0)
  })
})

describe('retired campaigns', () => {
  test('a retired campaign is found by its id, and is not listed as live', async () => {
    const list = newList()
    const [live, retired] = [randomUUIDv7(), randomUUIDv7()]
    expect(await list.register('all', live, 3, retired, 'retired')).toEqual(['OK'])
    expect(await list.versionsOf()).toEqual({ [live]: '3' })
    expect(await list.versionsOf(live, retired, randomUUIDv7())).toEqual({
      [live]: '3',
      [retired]: 'retired',
    })
  })

  test('a lost list is lost for retired campaigns too', async () => {
    const list = newList()
    const retired = randomUUIDv7()
    await list.register('all', retired, 'retired')
    await redis.command('HDEL', list.key, 'marker')
    expect(await list.codeOf(retired)).toBe('LOST')
  })
})

test('500 ids are looked up in one call', async () => {
  const list = newList()
  const ids = Array.from({ length: 500 }, () => randomUUIDv7())
  await list.register('all', ...ids.flatMap((id) => [id, 1]))
  expect(Object.keys(await list.versionsOf(...ids))).toHaveLength(500)
  expect(Object.keys(await list.versionsOf())).toHaveLength(500)
})

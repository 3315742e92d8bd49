import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createLogger } from '../../platform/log/logger.ts'
import { type OwnRedis, startOwnRedis } from '../../test/harness/servers/own-redis.ts'
import { until } from '../../test/harness/values/until.ts'
import { samplesKey, watchedKey } from './keys.ts'
import { createProcessSamples, samplesMax } from './process-samples.ts'
import { createRedisRoom } from './redis-room.ts'

let own: OwnRedis
beforeAll(async () => {
  own = await startOwnRedis()
})
afterAll(() => own.close())
afterEach(async () => {
  await own.control.command('CONFIG', 'SET', 'maxmemory', 0)
  await own.control.command('FLUSHALL')
})

const command = (...args: [string, ...(string | number)[]]) => own.control.command(...args)
const read = async () => (await createProcessSamples(own.redis).read()).map(({ id, text }) => `${id} ${text}`)

test('a process publishes nothing while no console watches, and is heard when one does', async () => {
  const samples = createProcessSamples(own.redis)
  await samples.publish('a', '{"one":1}')
  expect(await command('DBSIZE')).toBe(0)
  expect(await samples.read()).toEqual([])
  await samples.publish('a', '{"one":1}')
  await samples.publish('b', '{"two words":"a b"}')
  await samples.publish('a', '{"one":2}')
  expect((await read()).sort()).toEqual(['a {"one":2}', 'b {"two words":"a b"}'])
})

test('nothing stays behind once no console watches, and no process publishes', async () => {
  const samples = createProcessSamples(own.redis)
  await samples.read()
  await samples.publish('a', '{}')
  for (const key of [watchedKey, samplesKey]) {
    const lifetimeMs = Number(await command('PTTL', key))
    expect([key, lifetimeMs > 0 && lifetimeMs <= 5_000]).toEqual([key, true])
  }
})

test('a process that has ended leaves, while others go on', async () => {
  const samples = createProcessSamples(own.redis)
  await samples.read()
  await samples.publish('lives', '{}')
  const [seconds = ''] = (await command('TIME')) as string[]
  await command('HSET', samplesKey, 'ended', `${(Number(seconds) - 6) * 1_000} {}`, 'no sample', 'at all')
  expect(await read()).toEqual(['lives {}'])
  expect(await command('HKEYS', samplesKey)).toEqual(['lives'])
})

test('what processes write is bounded: in number, and each by its length', async () => {
  const samples = createProcessSamples(own.redis)
  await samples.read()
  for (let place = 0; place <= samplesMax; place += 1) await samples.publish(String(place), '{}')
  await samples.publish('7', '{"again":1}')
  const found = await read()
  expect(found).toHaveLength(samplesMax)
  expect(found).toContain('7 {"again":1}')
  await command('DEL', samplesKey)
  await samples.publish('long', `"${'x'.repeat(4_096)}"`)
  expect(await read()).toEqual([])
})

test('the call that looks for room tells whether a console watches; a full Redis still has samples', async () => {
  const samples = createProcessSamples(own.redis)
  const room = createRedisRoom({ redis: own.redis, log: createLogger('test', 'silent') })
  const watched = async (): Promise<boolean> => {
    await room.step()
    return room.isWatched()
  }
  expect(await watched()).toBe(false)
  await samples.read()
  expect(await watched()).toBe(true)
  await command('CONFIG', 'SET', 'maxmemory', 1)
  expect([await watched(), room.check.isReady()]).toEqual([true, false])
  await samples.publish('a', '{}')
  expect(await read()).toEqual(['a {}'])
  await command('CONFIG', 'SET', 'maxmemory', 0)
  await command('DEL', watchedKey)
  await until('nobody watches', async () => !(await watched()))
})

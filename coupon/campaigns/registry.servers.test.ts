import { randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Registries, startRegistries } from '../../test/harness/shop/registries.ts'
import { contentOf, type GateChanges, grantRequest, openRedis } from '../../test/harness/values/armed-gate.ts'
import { until } from '../../test/harness/values/until.ts'
import { publicState } from '../campaign.ts'
import { createKeeperGate } from '../gate/keeper-gate.ts'
import { campaignsChannel, campaignsKey, gateKey, listKeys } from '../gate/keys.ts'
import { registerScript } from '../gate/scripts.ts'
import { listenForHints } from './listen-for-hints.ts'
import type { Registry } from './registry.ts'

let registries: Registries
beforeAll(async () => {
  registries = await startRegistries('aof')
})
beforeEach(() => registries.reset())
afterAll(() => registries.close())

const publish = async (changes?: GateChanges): Promise<string> => (await registries.publish(changes)).id
const kindOf = async (registry: Registry, id: string): Promise<string> => (await registry.find(id)).kind

describe('lookups', () => {
  test('a listed campaign is live from the start, and a later one is found by a lookup', async () => {
    const early = await publish({ stock: 7 })
    const registry = await registries.open()
    expect(registry.known(early)?.view).toMatchObject({ armed: true, epoch: 1, stock: 7, state: 'open' })
    const late = await publish()
    expect(registry.known(late)).toBeUndefined()
    expect(await kindOf(registry, late)).toBe('live')
    expect(new Set(registry.live().map(({ id }) => id))).toEqual(new Set([early, late]))
  })

  test('an id that is not on a complete list is unknown, is looked up once and causes no key', async () => {
    const registry = await registries.open({ monotonicMs: () => 5 })
    const before = await contentOf(registries.own.redis, '*')
    const id = randomUUIDv7()
    const calls = await registries.countCalls()
    expect(await Promise.all([kindOf(registry, id), kindOf(registry, id)])).toEqual(['unknown', 'unknown'])
    expect(await kindOf(registry, id)).toBe('unknown')
    expect(await registries.countCalls()).toBe(calls + 1)
    expect(await contentOf(registries.own.redis, '*')).toEqual(before)
  })

  test('10,000 unknown ids at once are looked up in calls of 32', async () => {
    const registry = await registries.open()
    const calls = await registries.countCalls()
    const kinds = await Promise.all(Array.from({ length: 10_000 }, () => kindOf(registry, randomUUIDv7())))
    expect(new Set(kinds)).toEqual(new Set(['unknown']))
    expect(await registries.countCalls()).toBe(calls + 313)
  })

  test('an id of invalid form is unknown without a lookup', async () => {
    const registry = await registries.open()
    const calls = await registries.countCalls()
    const id = randomUUIDv7()
    for (const none of ['', 'x', '../../fc', 'marker', id.toUpperCase(), `${id}0`])
      expect(await kindOf(registry, none)).toBe('unknown')
    expect(await registries.countCalls()).toBe(calls)
  })
})

const losses: [string, () => Promise<unknown>][] = [
  ['FLUSHALL', () => registries.own.control.command('FLUSHALL')],
  [
    'a restart that kept nothing',
    () => registries.own.control.command('FLUSHALL').then(() => registries.own.restart()),
  ],
  ['a restart that kept everything', () => registries.own.restart()],
  [
    'a marker of another server',
    () => registries.own.control.command('HSET', campaignsKey, 'marker', 'f'.repeat(40)),
  ],
  ['a missing marker', () => registries.own.control.command('HDEL', campaignsKey, 'marker')],
  ['a missing list', () => registries.own.control.command('DEL', campaignsKey)],
]
describe('a lost list', () => {
  test.each(losses)('after %s known campaigns stay and other ids are recovering', async (_, lose) => {
    const id = await publish()
    const registry = await registries.open({ intervalMs: 20 })
    await lose()
    const loss = await registries.countCalls()
    expect(await kindOf(registry, randomUUIDv7())).toBe('recovering')
    await until('two polls', async () => (await registries.countCalls()) >= loss + 3)
    expect(registry.known(id)?.id).toBe(id)
    expect(await kindOf(await registries.open(), id)).toBe('recovering')
  })

  test('a lost list is complete again once the complete list was written', async () => {
    const id = await publish()
    const registry = await registries.open({ intervalMs: 20 })
    await registries.own.control.command('HDEL', campaignsKey, 'marker')
    expect(await kindOf(registry, randomUUIDv7())).toBe('recovering')
    await registries.own.redis.run(registerScript, listKeys, ['all', id, 1])
    expect(await kindOf(registry, randomUUIDv7())).toBe('unknown')
  })

  test('without Redis a lookup is unavailable, and a process starts all the same', async () => {
    const registry = await registries.open()
    await registries.own.control.command('CONFIG', 'SET', 'min-replicas-to-write', 1)
    await expect(registry.find(randomUUIDv7())).rejects.toMatchObject({ code: 'unavailable' })
    const another = await registries.open()
    await expect(another.find(randomUUIDv7())).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('a listed campaign that cannot be read is recovering, and hides no other', async () => {
    const [missing, broken] = [randomUUIDv7(), randomUUIDv7()]
    await registries.own.redis.command('SET', gateKey(broken), 'no gate')
    await registries.own.redis.run(registerScript, listKeys, ['some', missing, 1, broken, 1])
    const good = await publish()
    const registry = await registries.open()
    expect(registry.known(good)?.id).toBe(good)
    expect(await kindOf(registry, missing)).toBe('recovering')
    await expect(registry.find(broken)).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('polls and hints', () => {
  test('a poll reads a raised version and forgets a campaign that left the list', async () => {
    const [id, leaving] = [await publish({ stock: 5 }), await publish()]
    const registry = await registries.open({ intervalMs: 20 })
    await registries.own.redis.command('HSET', gateKey(id), 'version', 2, 'stock', 9)
    await registries.own.redis.run(registerScript, listKeys, ['some', id, 2])
    await until('the stock of version 2', () => registry.known(id)?.view.stock === 9)
    await registries.own.redis.command('HDEL', campaignsKey, leaving)
    await until('it is forgotten', () => registry.known(leaving) === undefined)
    expect(await kindOf(registry, leaving)).toBe('unknown')
  })

  test('a hint brings a new campaign without a poll, even after a recent miss', async () => {
    const registry = await registries.open({ monotonicMs: () => 5 })
    const subscriber = await openRedis(registries.own.url)
    await listenForHints(subscriber, registry)
    const missed = randomUUIDv7()
    expect(await kindOf(registry, missed)).toBe('unknown')
    for (const id of [await publish({ id: missed }), await publish()]) {
      await registries.own.redis.command('PUBLISH', campaignsChannel, id)
      await until('it is known', () => registry.known(id) !== undefined)
    }
    subscriber.close()
  })
})

describe('a process that misses the hint of a change', () => {
  test.each([
    ['a halt', 'open', 10, 'paused', 10],
    ['more stock', 'sold-out', 1, 'open', 5],
  ] as const)('shows %s once its memory is a second old', async (what, before, stock, after, newStock) => {
    let nowMs = 0
    const armed = await registries.publish({ stock })
    if (before === 'sold-out') await armed.gate.decide(armed.id, 1, [grantRequest()])
    const registry = await registries.open({ monotonicMs: () => nowMs })
    const shown = async (): Promise<unknown[]> => {
      const found = await registry.refresh(armed.id, 1_000)
      if (found.kind !== 'live') return [found.kind]
      const { view } = found.campaign
      return [publicState({ ...view.document, ...view }, view.granted, Date.now()), view.stock]
    }
    expect(await shown()).toEqual([before, stock])
    const gate = createKeeperGate(registries.own.redis)
    if (what === 'a halt')
      await gate.halt(armed.id, {
        ...{ id: randomUUIDv7(), ifVersion: undefined },
        ...{ by: 'kim', from: '::1', reason: 'why' },
      })
    else await armed.set({ stock: newStock, version: 2 })
    nowMs = 1_000
    expect(await shown()).toEqual([before, stock])
    nowMs = 1_001
    expect(await shown()).toEqual([after, newStock])
  })
})

describe('gates', () => {
  test('an epoch below one that was seen is not trusted, and the known view stays', async () => {
    const id = await publish({ epoch: 4 })
    const registry = await registries.open()
    await registries.own.redis.command('HSET', gateKey(id), 'epoch', 3)
    expect(await registry.refresh(id, 0)).toMatchObject({
      kind: 'live',
      campaign: { view: { epoch: 4, armed: false } },
    })
    expect(registry.known(id)?.view.epoch).toBe(4)
    await registries.own.redis.command('HSET', gateKey(id), 'epoch', 4)
    await registry.refresh(id, 0)
    expect(registry.known(id)?.view.armed).toBe(true)
  })

  test('a lost gate stays known, but not as armed', async () => {
    const id = await publish()
    const registry = await registries.open()
    await registries.own.redis.command('HSET', gateKey(id), 'fence', 'f'.repeat(40))
    expect(await registry.refresh(id, 0)).toMatchObject({
      kind: 'live',
      campaign: { view: { armed: false } },
    })
    await registries.own.redis.command('DEL', gateKey(id))
    expect(await registry.refresh(id, 0)).toMatchObject({
      kind: 'live',
      campaign: { view: { armed: false } },
    })
    // Streams and lists are told from memory alone.
    expect(registry.known(id)?.view.armed).toBe(false)
    expect(registry.live().map(({ view }) => view.armed)).toEqual([false])
  })
})

test('the clock is Redis TIME after the first read of the list, and the own clock before', async () => {
  const registry = await registries.open()
  const [seconds = ''] = (await registries.own.redis.command('TIME')) as string[]
  expect(Math.abs(registry.gateNowMs() - Number(seconds) * 1_000)).toBeLessThan(60_000)
  await registries.own.control.command('CONFIG', 'SET', 'min-replicas-to-write', 1)
  expect((await registries.open({ now: () => 42 })).gateNowMs()).toBe(42)
})

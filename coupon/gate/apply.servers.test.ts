import { randomUUID, randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { RedisClient } from '../../platform/redis.ts'
import {
  type ArmedGate,
  armGate,
  contentOf,
  type GateChanges,
  openRedis,
} from '../../test/harness/values/armed-gate.ts'
import { gateKey } from './keys.ts'
import { applyScript, flipScript, stopScript } from './scripts.ts'

let redis: RedisClient
beforeAll(async () => {
  redis = await openRedis(inject('gatesRedisUrl'))
})
afterAll(() => redis.close())

/** A gate that has not opened: nothing is frozen. */
const armScheduled = (changes: GateChanges): Promise<ArmedGate> =>
  armGate(redis, { opensAtMs: 8_000_000_000_000, ...changes })

/** Settings at a version: everything else follows from it. */
const settingsAt = (version: number, state = 'paused', stock = 100 + version): (string | number)[] => [
  ...[state, stock, 1, 9_000_000_000_000, 3, version],
  `{"version":${version}}`,
]
const apply = (id: string, ...args: (string | number)[]): Promise<unknown> =>
  redis.run(applyScript, [gateKey(id)], args)
const stop = async ({ id, epoch }: ArmedGate): Promise<{ fence: string; claim: string }> => {
  const claim = `${epoch}:${randomUUID()}`
  const [, fence = ''] = (await redis.run(stopScript, [gateKey(id)], [epoch, claim])) as string[]
  return { fence, claim }
}
/**
 * Flips a stopped gate of no coupons to the next epoch, with settings of the ledger at this version. They
 * have more stock than any gate here: so they take nothing back, which would keep those of the gate.
 */
const flip = async ({ id, epoch }: ArmedGate, version: number): Promise<unknown> => {
  const { fence, claim } = await stop({ id, epoch } as ArmedGate)
  const keys = ['winners', 'outbox', 'free'].map((name) => `fc:{${id}}:${name}:${epoch + 1}`)
  const args = ['1', epoch + 1, fence, claim, 0, 0, 1, 0, 0, ...settingsAt(version, 'paused', 200)]
  return redis.run(flipScript, [gateKey(id), ...keys], args)
}

describe('the highest version wins', () => {
  test('in whatever order the settings come', async () => {
    const armed = await armScheduled({ version: 2 })
    expect(await apply(armed.id, ...settingsAt(4))).toEqual(['OK', ''])
    for (const version of [4, 3, 1])
      expect(await apply(armed.id, ...settingsAt(version, 'open'))).toEqual(['OLDER', '4'])
    expect(await armed.fields()).toMatchObject({
      state: 'paused',
      stock: '104',
      perUserLimit: '3',
      version: '4',
      document: '{"version":4}',
      epoch: '1',
    })
  })

  test('settings that came while the gate was being armed hold after an older flip', async () => {
    const armed = await armScheduled({ version: 2 })
    await stop(armed)
    expect(await apply(armed.id, ...settingsAt(3))).toEqual(['REARMING', ''])
    expect(await apply(armed.id, ...settingsAt(2, 'closed'))).toEqual(['OLDER', '3'])
    expect((await armed.fields())['state']).toBe('rearming')
    expect(await flip(armed, 2)).toMatchObject(['OK', expect.any(Number), 1, 3])
    expect(await armed.fields()).toMatchObject({ state: 'paused', stock: '103', version: '3', epoch: '2' })
    expect(await armed.fields()).not.toHaveProperty('operatorState')
  })

  test('a gate ahead of its ledger keeps its settings through an arming, its state too', async () => {
    const armed = await armScheduled({ version: 7, state: 'closed', stock: 5 })
    expect(await flip(armed, 6)).toMatchObject(['OK', expect.any(Number), 1, 7])
    expect(await armed.fields()).toMatchObject({ state: 'closed', stock: '5', version: '7' })
  })

  test('a ledger ahead of its gate gives its settings to the flip', async () => {
    const armed = await armScheduled({ version: 2, state: 'open' })
    expect(await flip(armed, 3)).toMatchObject(['OK', expect.any(Number), 1, 3])
    expect(await armed.fields()).toMatchObject({ state: 'paused', stock: '200', version: '3' })
  })
})

describe('settings are not written', () => {
  test('where no gate is, or one of another server', async () => {
    const id = randomUUIDv7()
    expect(await apply(id, ...settingsAt(1))).toEqual(['LOST', 'gate'])
    expect(await contentOf(redis, `fc:{${id}}:*`)).toEqual({})
    const armed = await armGate(redis)
    await armed.set({ fence: 'f'.repeat(40) })
    const before = await armed.content()
    expect(await apply(armed.id, ...settingsAt(9))).toEqual(['LOST', 'fence'])
    expect(await armed.content()).toEqual(before)
  })

  test('when one of them is not as it must be', async () => {
    const armed = await armGate(redis)
    const before = await armed.content()
    const good = settingsAt(9)
    const wrong = [0, 1, 2, 3, 4, 5].map((at) => good.map((value, index) => (index === at ? 'x' : value)))
    for (const args of [...wrong, good.slice(1), [...good, 1], []])
      await expect(apply(armed.id, ...args)).rejects.toMatchObject({ code: 'defect' })
    expect(await armed.content()).toEqual(before)
  })
})

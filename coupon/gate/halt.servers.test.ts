import { randomUUID, randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { RedisClient } from '../../platform/redis.ts'
import {
  type ArmedGate,
  armGate,
  contentOf,
  grantRequest,
  openRedis,
} from '../../test/harness/values/armed-gate.ts'
import type { Campaign } from '../campaign.ts'
import { createGateSurveyor } from './gate-surveyor.ts'
import { type Halt, parseHalt } from './halt-gate.ts'
import { createKeeperGate, type KeeperGate } from './keeper-gate.ts'
import { gateKey } from './keys.ts'
import { applyScript, flipScript, haltScript, liftScript, stopScript } from './scripts.ts'

let redis: RedisClient
let gate: KeeperGate
beforeAll(async () => {
  redis = await openRedis(inject('gatesRedisUrl'))
  gate = createKeeperGate(redis)
})
afterAll(() => redis.close())

/** Opened at the time that the changes below have too: an opening is frozen. */
const openGate = (changes: Partial<Campaign> = {}): Promise<ArmedGate> =>
  armGate(redis, { opensAtMs: 1, ...changes })

const origin = { by: 'kim', from: '10.0.0.7', reason: '가격 오류: "0 won"' }
const halt = (id: string, ifVersion?: number, haltId: string = randomUUIDv7()) =>
  gate.halt(id, { ...origin, id: haltId, ifVersion })
const decide = async ({ id, gate: decider, epoch }: ArmedGate, request = grantRequest()): Promise<string> => {
  const decided = await decider.decide(id, epoch, [request])
  return decided.kind === 'decided' ? (decided.decisions[0]?.kind ?? '') : decided.kind
}
const apply = (id: string, state: string, version: number): Promise<unknown> =>
  redis.run(applyScript, [gateKey(id)], [state, 100, 1, 9_000_000_000_000, 1, version, '{"name":"changed"}'])
const stop = async ({ id, epoch }: ArmedGate): Promise<{ fence: string; claim: string }> => {
  const claim = `${epoch}:${randomUUID()}`
  const [, fence = ''] = (await redis.run(stopScript, [gateKey(id)], [epoch, claim])) as string[]
  return { fence, claim }
}
const flip = ({ id, epoch }: ArmedGate, { fence, claim }: { fence: string; claim: string }) =>
  redis.run(
    flipScript,
    [gateKey(id), ...['winners', 'outbox', 'free'].map((name) => `fc:{${id}}:${name}:${epoch + 1}`)],
    [
      ...['1', epoch + 1, fence, claim, 0, 0, 1, 0, 0],
      ...['open', 20, 1, 9_000_000_000_000, 1, 9, '{"name":"of the ledger"}'],
    ],
  )

describe('a halted gate', () => {
  test('refuses the very next decide as paused, and answers its winners', async () => {
    const armed = await openGate()
    const winner = grantRequest()
    expect(await decide(armed, winner)).toBe('granted')
    expect(await halt(armed.id, 1)).toMatchObject({
      kind: 'halted',
      campaign: { id: armed.id, version: 1, epoch: 1, state: 'open', stock: 10, name: 'Test sale' },
    })
    expect([await decide(armed), await decide(armed, winner)]).toEqual(['paused', 'won'])
  })

  test('is paused in its view, in the survey of the audit and at the inspection of a keeper', async () => {
    const armed = await openGate()
    const id = randomUUIDv7()
    await halt(armed.id, undefined, id)
    expect(await armed.gate.view(armed.id)).toMatchObject({ state: 'paused', isHalted: true, version: 1 })
    const inspected = await gate.inspect(armed.id, 1, 0, 1)
    expect(inspected).toMatchObject({ kind: 'in-order', version: 1, halt: { id, ...origin } })
    const { nowMs, halt: mark } = inspected as { nowMs: number; halt: Halt }
    expect(Math.abs(nowMs - mark.atMs)).toBeLessThan(60_000)
    expect(await createGateSurveyor(redis).survey(armed.id)).toMatchObject({ kind: 'armed', isHalted: true })
    expect(await gate.settings(armed.id)).toMatchObject({ state: 'open' })
  })

  test.each([
    ['more stock', 'open'],
    ['a resumption', 'open'],
    ['a pause', 'paused'],
  ])('stays halted when %s is applied', async (_, state) => {
    const armed = await openGate()
    await halt(armed.id)
    expect(await apply(armed.id, state, 2)).toEqual(['OK', ''])
    expect(await decide(armed)).toBe('paused')
  })

  test('is closed once it is closed', async () => {
    const armed = await openGate()
    await halt(armed.id)
    await apply(armed.id, 'closed', 2)
    expect(await decide(armed)).toBe('closed')
  })

  test('stays halted through an arming, and a gate that is being armed can be halted', async () => {
    const [before, during] = [await openGate(), await openGate()]
    await halt(before.id)
    for (const armed of [before, during]) {
      const seal = await stop(armed)
      if (armed === during) expect(await halt(armed.id)).toMatchObject({ kind: 'halted' })
      expect(await flip(armed, seal)).toMatchObject(['OK', expect.any(Number), 1, 9])
      expect(await decide({ ...armed, epoch: 2 })).toBe('paused')
    }
  })

  test('keeps its first mark when it is halted again', async () => {
    const armed = await openGate()
    const first = randomUUIDv7()
    await halt(armed.id, undefined, first)
    expect(await halt(armed.id)).toMatchObject({ kind: 'halted' })
    expect(await gate.halted(armed.id)).toMatchObject({ id: first })
  })
})

describe('a gate is not halted', () => {
  test('when it has another version than was seen', async () => {
    const armed = await openGate({ version: 3 })
    const before = await armed.content()
    expect(await halt(armed.id, 2)).toMatchObject({ kind: 'version', campaign: { version: 3 } })
    expect(await armed.content()).toEqual(before)
  })

  test.each([
    ['closed', { state: 'closed' as const }],
    ['past its end', { opensAtMs: 1, closesAtMs: 2 }],
  ])('when it is %s', async (_, changes) => {
    const armed = await openGate(changes)
    const before = await armed.content()
    expect(await halt(armed.id)).toMatchObject({ kind: 'closed' })
    expect(await armed.content()).toEqual(before)
  })

  test('where no gate is: an unknown id leaves no key', async () => {
    const id = randomUUIDv7()
    expect(await halt(id)).toEqual({ kind: 'lost', what: 'halt answered LOST gate' })
    expect(await contentOf(redis, `fc:{${id}}:*`)).toEqual({})
  })

  test('by values that are not as they must be', async () => {
    const armed = await openGate()
    const before = await armed.content()
    const id = randomUUIDv7()
    for (const args of [
      [id, '', '{}', 1],
      [id, ''],
      [id.slice(1), '', '{}'],
      [`${id.slice(1)} `, '', '{}'],
      [id, '-1', '{}'],
      [id, 'x', '{}'],
      [id, '', 'x'.repeat(2_001)],
    ])
      await expect(redis.run(haltScript, [armed.keys.gate], args)).rejects.toMatchObject({ code: 'defect' })
    for (const args of [[id], [id, ''], [id, '-1'], [id, 1, 1]])
      await expect(redis.run(liftScript, [armed.keys.gate], args)).rejects.toMatchObject({ code: 'defect' })
    expect(await armed.content()).toEqual(before)
  })
})

describe('the mark is removed', () => {
  test('once the gate has the version at which the ledger recorded it', async () => {
    const armed = await openGate()
    const id = randomUUIDv7()
    await halt(armed.id, undefined, id)
    expect(await gate.lift(armed.id, id, 2)).toBe(false)
    expect(await decide(armed)).toBe('paused')
    await apply(armed.id, 'open', 2)
    expect(await gate.lift(armed.id, id, 2)).toBe(true)
    expect(await gate.lift(armed.id, id, 2)).toBe(true)
    expect(await armed.fields()).not.toHaveProperty('halted')
    expect(await decide(armed)).toBe('granted')
  })

  test('exactly: a later halt stays', async () => {
    const armed = await openGate()
    const [recorded, later] = [randomUUIDv7(), randomUUIDv7()]
    await halt(armed.id, undefined, recorded)
    await gate.lift(armed.id, recorded, 1)
    await halt(armed.id, undefined, later)
    expect(await gate.lift(armed.id, recorded, 1)).toBe(false)
    expect(await gate.halted(armed.id)).toMatchObject({ id: later })
  })

  test('not while the gate is being armed: the flip could take older settings', async () => {
    const armed = await openGate()
    const id = randomUUIDv7()
    await halt(armed.id, undefined, id)
    await stop(armed)
    expect(await gate.lift(armed.id, id, 1)).toBe(false)
  })
})

test.each([
  undefined,
  null,
  '',
  'halted',
  `${randomUUIDv7()} 1 {}`,
  `${randomUUIDv7()} x {}`,
  `${randomUUIDv7()} 1 x`,
])('a mark that reads %j hides nothing else of the gate', async (mark) => {
  expect(parseHalt(mark)).toBeUndefined()
})

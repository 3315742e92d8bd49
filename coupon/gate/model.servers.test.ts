import { randomUUID, randomUUIDv7 } from 'node:crypto'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { RedisClient } from '../../platform/redis.ts'
import { openRedis } from '../../test/harness/values/armed-gate.ts'
import { gateHistories, gateHolders, type HistoryStep } from '../../test/harness/values/gate-histories.ts'
import { createGateModel, type GateModel, type ModelSettings } from '../../test/harness/values/gate-model.ts'
import type { Campaign } from '../campaign.ts'
import { type ArmingGate, createArmingGate } from './arming-gate.ts'
import { createGate, type Gate } from './gate.ts'
import { createKeeperGate, type KeeperGate } from './keeper-gate.ts'
import { freeKey, gateKey, gateKeys } from './keys.ts'
import type { OutboxEntry } from './outbox-entry.ts'
import type { Holder } from './packed-grant.ts'

let redis: RedisClient
beforeAll(async () => {
  redis = await openRedis(inject('gatesRedisUrl'))
})
afterAll(() => redis.close())

/** Few grants, so that histories reach the bound. */
const outboxGrantsMax = 6

const [past, future] = [1_000, 9_000_000_000_000]

/** The campaign with these settings. */
const campaignOf = (id: string, { window, stock, perUserLimit, state }: ModelSettings): Campaign => ({
  id,
  stock,
  perUserLimit,
  state,
  name: 'Model',
  version: 1,
  epoch: 1,
  opensAtMs: window === 'before' ? future : past,
  closesAtMs: window === 'after' ? past + 1 : future + 1,
  coupon: {
    title: 'Off',
    discount: { kind: 'percent', value: 10 },
    usableFromMs: past,
    usableUntilMs: future,
  },
})

/** A gate in Redis and its model: every step is done to both, and their answers are compared. */
type GateAndModel = {
  id: string
  gate: Gate
  armingGate: ArmingGate
  keeperGate: KeeperGate
  model: GateModel
  entries: OutboxEntry[]
}

const arm = async ({ id, armingGate, model }: GateAndModel, next: ModelSettings): Promise<void> => {
  const epoch = model.epoch()
  const claim = `${epoch}:${randomUUID()}`
  const stopped = await armingGate.stop(id, epoch, claim)
  if (stopped.kind !== 'stopped') throw new Error(JSON.stringify(stopped))
  expect(await armingGate.survivors(id, epoch, 1, 1_000)).toEqual(model.outbox())
  const seal = { fence: stopped.fence, claim }
  const { grants, freeRanks, nextRank, lastGrantAtMs } = model.rebuild()
  expect(await armingGate.fill(id, epoch + 1, seal, grants, freeRanks)).toEqual({ kind: 'filled' })
  const rebuilt = { winners: grants.length, freeRanks: freeRanks.length, nextRank, lastGrantAtMs }
  const holdMs = next.isHeld ? 3_600_000 : 0
  expect(await armingGate.flip(campaignOf(id, next), epoch + 1, seal, rebuilt, holdMs)).toEqual({
    kind: 'armed',
    epochBefore: model.epochThere(),
    version: 1,
  })
  await armingGate.forget(id, epoch)
  model.arm(next)
}

const decide = async (pair: GateAndModel, wanted: Holder[], epoch: number): Promise<void> => {
  const { id, gate, model, entries } = pair
  const requests = wanted.map((holder) => ({ ...holder, couponId: randomUUIDv7() }))
  const answer = await gate.decide(id, epoch, requests)
  const refusal = model.refusal(epoch)
  if (refusal !== undefined || answer.kind !== 'decided') return expect(answer).toEqual(refusal)
  const { nowMs } = answer
  const expected = model.decide(requests, nowMs)
  expect(answer).toEqual({ kind: 'decided', nowMs, ...expected })
  if (expected.entry !== undefined) entries.push(expected.entry)
}

const look = async ({ id, gate, model }: GateAndModel, wanted: Holder[]): Promise<void> => {
  const answer = await gate.look(id, model.epoch(), wanted)
  expect(answer).toEqual(
    model.refusal(model.epoch()) ?? { kind: 'looked', nowMs: expect.any(Number), found: model.look(wanted) },
  )
}

/** One call confirms entries of one epoch: that of the first. */
const confirm = async ({ id, gate, model }: GateAndModel, picked: OutboxEntry[]): Promise<void> => {
  const [{ epoch } = { epoch: 0 }] = picked
  const sent = picked.filter((entry) => entry.epoch === epoch)
  if (sent.length === 0) return
  model.append(sent)
  expect(await gate.confirm(id, epoch, sent)).toEqual(model.refusal(epoch) ?? { kind: 'confirmed' })
  if (model.refusal(epoch) === undefined) model.confirm(sent)
}

const lose = async ({ id, model }: GateAndModel): Promise<void> => {
  await redis.command('DEL', ...gateKeys(id, model.epoch()))
  model.lose()
}

const take = async (pair: GateAndModel, taken: HistoryStep): Promise<void> => {
  const { id, armingGate, model, entries } = pair
  const epoch = model.epoch()
  const pick = (places: number[]): OutboxEntry[] => places.flatMap((at) => entries.at(-1 - at) ?? [])
  switch (taken.kind) {
    case 'decide':
      return decide(pair, taken.holders, epoch - Number(taken.isBehind))
    case 'look':
      return look(pair, taken.holders)
    case 'append':
      return model.append(pick(taken.picks))
    case 'confirm':
      return confirm(pair, pick(taken.picks))
    case 'stop':
      expect(await armingGate.stop(id, epoch, `${epoch}:${randomUUID()}`)).toMatchObject({ kind: 'stopped' })
      return model.stop()
    case 'lose':
      return lose(pair)
    case 'arm':
      if (taken.isLost) await lose(pair)
      return arm(pair, taken.settings)
  }
}

/** Redis holds of the gate exactly what the model holds. */
const compare = async (pair: GateAndModel): Promise<void> => {
  const { id, keeperGate, model } = pair
  const epoch = model.epoch()
  await look(pair, gateHolders)
  const inspected = await keeperGate.inspect(id, epoch, 0, 1_000)
  const refusal = model.refusal(epoch)
  if (refusal !== undefined) return expect(inspected).toEqual(refusal)
  const found = model.look(gateHolders).flatMap((held) => held?.grant ?? [])
  expect(inspected).toEqual({
    kind: 'in-order',
    granted: found.length,
    stock: model.settings().stock,
    grantsPending: model.outbox().flatMap(({ grants }) => grants).length,
    overdue: model.outbox(),
    oldestAgeMs: expect.any(Number),
    nowMs: expect.any(Number),
    version: 1,
  })
  const { ranks, nextRank } = model.free()
  expect(await redis.command('LRANGE', freeKey(id, epoch), 0, -1)).toEqual(ranks.map(String))
  expect(await redis.command('HGET', gateKey(id), 'nextRank')).toBe(String(nextRank))
}

/**
 * The promises themselves, for errors that model and scripts share. `yes`: rank by coupon id, of each yes so
 * far.
 */
const checkPromises = ({ model }: GateAndModel, yes: Map<string, number>, stockMax: number): void => {
  const held = model.look(gateHolders).flatMap((found) => found ?? [])
  const rankOf = new Map(held.map(({ grant }) => [grant.couponId, grant.rank]))
  expect(new Set(rankOf.values()).size).toBe(held.length)
  expect(Math.max(0, ...rankOf.values())).toBeLessThanOrEqual(stockMax)
  for (const { grant, confirmed } of held) if (confirmed) yes.set(grant.couponId, grant.rank)
  for (const [couponId, rank] of yes) expect(rankOf.get(couponId)).toBe(rank)
}

test('after any history a gate answers and holds what the model of the protocol says', async () => {
  const property = fc.asyncProperty(gateHistories, async ([first, steps]) => {
    const id = randomUUIDv7()
    const pair: GateAndModel = {
      id,
      entries: [],
      gate: createGate(redis, { outboxGrantsMax }),
      armingGate: createArmingGate(redis),
      keeperGate: createKeeperGate(redis),
      model: createGateModel(id, outboxGrantsMax),
    }
    const yes = new Map<string, number>()
    let stockMax = 0
    for (const taken of [{ kind: 'arm' as const, settings: first, isLost: false }, ...steps]) {
      if (taken.kind === 'arm') stockMax = Math.max(stockMax, taken.settings.stock)
      await take(pair, taken)
      await compare(pair)
      checkPromises(pair, yes, stockMax)
    }
  })
  await fc.assert(property, { numRuns: 50 })
})

import { randomUUIDv7 } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createBound } from '../../platform/group-commit.ts'
import { createLogger } from '../../platform/log/logger.ts'
import { connectRedis, type RedisClient } from '../../platform/redis.ts'
import { newUser } from '../../test/harness/processes/client.ts'
import {
  armGate,
  type ArmedGate,
  type GateChanges,
  grantRequest,
  grantRequests,
} from '../../test/harness/values/gates.ts'
import { createProxy, type Proxy } from '../../servers/network/proxy.ts'
import { infoOf, type OwnRedis, startOwnRedis } from '../../test/harness/servers/redises.ts'
import { until } from '../../test/harness/values/until.ts'
import { createGate } from '../gate/gate.ts'
import { campaignsKey, gateKey, listKeys } from '../gate/keys.ts'
import { registerScript } from '../gate/scripts.ts'
import type { AppendResult } from '../log/grant-log.ts'
import { createIssuer, type IssuerOptions } from './issuer.ts'
import { createRegistry, type Registry } from '../campaigns/registry.ts'

const hourMs = 3_600_000
let own: OwnRedis
let proxy: Proxy
let redis: RedisClient
const registries: Registry[] = []
beforeAll(async () => {
  own = await startOwnRedis()
  proxy = await createProxy({ host: '127.0.0.1', port: own.port })
  redis = connectRedis({ url: `redis://127.0.0.1:${proxy.port}`, commandTimeoutMs: 1_000, onError: () => {} })
  await redis.waitForConnection(5_000)
})
beforeEach(async () => {
  await own.redis.run(registerScript, listKeys, ['all'])
})
afterEach(() => registries.splice(0).forEach((registry) => registry.stop()))
afterAll(async () => {
  redis.close()
  await proxy.close()
  await own.close()
})

const openIssuer = async (changes: Partial<IssuerOptions> & { appended?: AppendResult } = {}) => {
  const gate = createGate(redis, { outboxGrantsMax: 5 })
  const monotonicMs = changes.monotonicMs ?? (() => performance.now())
  const log = createLogger('test', 'silent')
  const registry = createRegistry({
    ...{ redis: own.redis, gate: createGate(own.redis, { outboxGrantsMax: 5 }), log },
    ...{ intervalMs: hourMs, monotonicMs, now: Date.now },
  })
  registries.push(registry)
  await registry.start()
  const issuer = createIssuer({
    ...{ gate, registry, queueBound: createBound(1_000), batchSizeMax: 256, memoryMs: hourMs, monotonicMs },
    // The log is another file's subject: it acknowledges, and keeps what it is given in the outbox.
    grantLog: { append: async () => changes.appended ?? 'confirmed' },
    newCouponId: randomUUIDv7,
    ...changes,
  })
  return {
    registry,
    turnsAway: issuer.isFull,
    issue: (id: string, userId = newUser(), slot = 1) => issuer.issue(id, userId, slot),
  }
}
const publish = async (changes: GateChanges = {}): Promise<ArmedGate> => {
  const sale = await armGate(own.redis, changes)
  await own.redis.run(registerScript, listKeys, ['some', sale.id, 1])
  return sale
}
const callsOf = async (): Promise<number> =>
  Number(/calls=(\d+)/.exec((await infoOf(own, 'cmdstat_evalsha')) ?? '')?.[1] ?? 0)

test('the first press is granted; pressing again is confirming while the entry waits, and already held afterwards', async () => {
  const { id, gate } = await publish()
  const { issue } = await openIssuer()
  const userId = newUser()
  const first = await issue(id, userId)
  expect(first).toMatchObject({ kind: 'granted', grant: { userId, rank: 1 } })
  const grant = 'grant' in first ? first.grant : undefined
  expect(await issue(id, userId)).toMatchObject({ kind: 'confirming', grant })
  await gate.confirm(id, 1, [
    { campaignId: id, epoch: 1, number: 1, grants: grant === undefined ? [] : [grant] },
  ])
  expect(await issue(id, userId)).toMatchObject({ kind: 'already', grant })
})

test.each([
  ['confirmed', ['granted', 'already', 'already']],
  ['pending', ['confirming', 'confirming', 'confirming']],
] as const)(
  'one user three times in one call holds one coupon (the log said %s)',
  async (appended, kinds) => {
    const { id } = await publish()
    const { issue } = await openIssuer({ appended })
    const userId = newUser()
    const answers = await Promise.all([issue(id, userId), issue(id, userId), issue(id, userId)])
    expect(answers.map(({ kind }) => kind)).toEqual(kinds)
    expect(new Set(answers.map((answer) => 'grant' in answer && answer.grant.couponId)).size).toBe(1)
  },
)

test.each<[string, Record<string, string | number>, string]>([
  ['a full outbox is unavailable, never sold out', { grantsPending: 5 }, 'unavailable'],
  [
    'units that are held for a moment are recovering, never sold out',
    { grantableFromMs: Date.now() + hourMs },
    'recovering',
  ],
  ['a gate of another server is recovering', { fence: 'f'.repeat(40) }, 'recovering'],
  ['a gate that is being armed is recovering', { state: 'rearming' }, 'recovering'],
])('%s', async (_, fields, code) => {
  const sale = await publish()
  const { issue } = await openIssuer()
  await sale.set(fields)
  await expect(issue(sale.id)).rejects.toMatchObject({ code })
})

test('a gate that was armed again is read and asked once more, in its new epoch', async () => {
  const { id } = await publish()
  const { issue, registry } = await openIssuer()
  await armGate(own.redis, { id, epoch: 2, stock: 3 })
  expect(await issue(id)).toMatchObject({ kind: 'granted', grant: { epoch: 2, rank: 1 } })
  expect(registry.known(id)?.view.epoch).toBe(2)
})

test('a gate of an epoch below one that was seen is never asked for a grant', async () => {
  const sale = await publish({ epoch: 2 })
  const { issue, registry } = await openIssuer()
  await own.redis.command('DEL', ...Object.values(sale.keys))
  const old = await armGate(own.redis, { id: sale.id, epoch: 1 })
  const before = await old.content()
  await expect(issue(sale.id)).rejects.toMatchObject({ code: 'recovering' })
  expect(await old.content()).toEqual(before)
  expect(registry.known(sale.id)?.view.epoch).toBe(2)
})

test('past the bound a press is refused at once and did nothing; those that waited are served', async () => {
  const sale = await publish()
  const queueBound = createBound(3)
  const { issue } = await openIssuer({ queueBound })
  proxy.hold()
  const waiting = [issue(sale.id), issue(sale.id), issue(sale.id)]
  for (const user of [newUser(), newUser()])
    await expect(issue(sale.id, user)).rejects.toMatchObject({ code: 'overloaded' })
  proxy.release()
  expect((await Promise.all(waiting)).map(({ kind }) => kind)).toEqual(['granted', 'granted', 'granted'])
  expect([queueBound.held, await sale.fields()]).toMatchObject([0, { granted: '3' }])
})

test('presses that gather while the gate is asked go out in calls of 256', async () => {
  const { id } = await publish({ stock: 5 })
  const { issue } = await openIssuer()
  proxy.hold()
  const first = issue(id)
  await new Promise(setImmediate)
  const rest = Array.from({ length: 500 }, () => issue(id).catch(({ code }) => ({ kind: code })))
  const calls = await callsOf()
  proxy.release()
  await Promise.all([first, ...rest])
  expect((await callsOf()) - calls).toBe(3)
})

test('a gate that does not answer in time is unknown: pressing again finds the coupon that was granted meanwhile', async () => {
  const { id } = await publish()
  const { issue } = await openIssuer()
  const userId = newUser()
  proxy.hold('answers')
  await expect(issue(id, userId)).rejects.toMatchObject({ code: 'unavailable' })
  proxy.release()
  const again = await until('the client is back', () => issue(id, userId))
  expect(again).toMatchObject({ kind: 'confirming', grant: { rank: 1 } })
})

test('not open is answered from memory before the first opening, and by the gate once memory is old', async () => {
  const { id } = await publish({ opensAtMs: Date.now() + hourMs })
  const fresh = await openIssuer()
  const old = await openIssuer({ memoryMs: -1 })
  const calls = await callsOf()
  expect(await fresh.issue(id)).toMatchObject({ kind: 'not-open' })
  expect(await callsOf()).toBe(calls)
  expect(await old.issue(id)).toMatchObject({ kind: 'not-open' })
  expect(await callsOf()).toBe(calls + 1)
})

test.each([
  ['it is paused', { state: 'paused' }, 'paused'],
  ['somebody won already', {}, 'not-open'],
])('not open is not answered from memory when %s: a winner hears of the coupon', async (_, fields, kind) => {
  const opensAtMs = Date.now() + hourMs
  const sale = await publish({ opensAtMs })
  const winner = grantRequest()
  await sale.set({ opensAtMs: 1 })
  await sale.gate.decide(sale.id, 1, [winner, ...grantRequests(1)])
  await sale.set({ opensAtMs, ...fields })
  const { issue } = await openIssuer()
  expect(await issue(sale.id, winner.userId)).toMatchObject({ kind: 'confirming', grant: { rank: 1 } })
  expect(await issue(sale.id)).toMatchObject({ kind })
})

test('an id that is on no list is unknown; with the list lost it is recovering', async () => {
  const { issue } = await openIssuer()
  expect(await issue(randomUUIDv7())).toEqual({ kind: 'unknown-campaign' })
  expect(await issue(randomUUIDv7().slice(1))).toEqual({ kind: 'unknown-campaign' })
  await own.control.command('HDEL', campaignsKey, 'marker')
  await expect(issue(randomUUIDv7())).rejects.toMatchObject({ code: 'recovering' })
})

test('whoever waits for the log counts as waiting: at the bound the next is refused, and taken when the log has answered', async () => {
  const { id } = await publish()
  const log = Promise.withResolvers<AppendResult>()
  const grantLog = { append: () => log.promise }
  const { issue, turnsAway } = await openIssuer({ queueBound: createBound(1), grantLog })
  const waiting = issue(id)
  await until(
    'the gate has granted it',
    async () => Number(await own.redis.command('HGET', gateKey(id), 'granted')) === 1,
  )
  await until('it waits for the log', turnsAway)
  await expect(issue(id)).rejects.toMatchObject({ code: 'overloaded' })
  expect(turnsAway()).toBe(true)
  log.resolve('confirmed')
  expect(await waiting).toMatchObject({ kind: 'granted' })
  expect(turnsAway()).toBe(false)
  expect(await issue(id)).toMatchObject({ kind: 'granted', grant: { rank: 2 } })
})

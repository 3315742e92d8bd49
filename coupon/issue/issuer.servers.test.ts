import { randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createBound } from '../../platform/group-commit.ts'
import { newUser } from '../../test/harness/processes/http-client.ts'
import { type Issuers, startIssuers } from '../../test/harness/shop/issuers.ts'
import { armGate, grantRequest, grantRequests } from '../../test/harness/values/armed-gate.ts'
import { until } from '../../test/harness/values/until.ts'
import { campaignsKey, gateKey } from '../gate/keys.ts'
import type { AppendResult } from '../log/grant-log.ts'

const hourMs = 3_600_000
let issuers: Issuers
beforeAll(async () => {
  issuers = await startIssuers()
})
beforeEach(() => issuers.reset())
afterAll(() => issuers.close())

describe('answers', () => {
  test('the first press is granted; a repeat is confirming while the entry waits, then already', async () => {
    const { id, gate } = await issuers.publish()
    const { issue } = await issuers.open()
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
      const { id } = await issuers.publish()
      const { issue } = await issuers.open({ appended })
      const userId = newUser()
      const answers = await Promise.all([issue(id, userId), issue(id, userId), issue(id, userId)])
      expect(answers.map(({ kind }) => kind)).toEqual(kinds)
      expect(new Set(answers.map((answer) => 'grant' in answer && answer.grant.couponId)).size).toBe(1)
    },
  )

  test.each<[string, Record<string, string | number>, string]>([
    ['a full outbox is unavailable, never sold out', { grantsPending: 5 }, 'unavailable'],
    [
      'units that are not grantable yet are recovering, never sold out',
      { grantableFromMs: Date.now() + hourMs, holdMs: hourMs },
      'recovering',
    ],
    ['a gate of another server is recovering', { fence: 'f'.repeat(40) }, 'recovering'],
    ['a gate that is being armed is recovering', { state: 'rearming' }, 'recovering'],
  ])('%s', async (_, fields, code) => {
    const sale = await issuers.publish()
    const { issue } = await issuers.open()
    await sale.set(fields)
    await expect(issue(sale.id)).rejects.toMatchObject({ code })
  })
})

describe('epochs', () => {
  test('a gate that was armed again is read and asked once more, in its new epoch', async () => {
    const { id } = await issuers.publish()
    const { issue, registry } = await issuers.open()
    await armGate(issuers.own.redis, { id, epoch: 2, stock: 3 })
    expect(await issue(id)).toMatchObject({ kind: 'granted', grant: { epoch: 2, rank: 1 } })
    expect(registry.known(id)?.view.epoch).toBe(2)
  })

  test('a gate of an epoch below one that was seen is never asked for a grant', async () => {
    const sale = await issuers.publish({ epoch: 2 })
    const { issue, registry } = await issuers.open()
    await issuers.own.redis.command('DEL', ...Object.values(sale.keys))
    const old = await armGate(issuers.own.redis, { id: sale.id, epoch: 1 })
    const before = await old.content()
    await expect(issue(sale.id)).rejects.toMatchObject({ code: 'recovering' })
    expect(await old.content()).toEqual(before)
    expect(registry.known(sale.id)?.view.epoch).toBe(2)
  })
})

describe('queues', () => {
  test('past the bound a press is refused at once without effect; waiting presses are served', async () => {
    const sale = await issuers.publish()
    const queueBound = createBound(3)
    const { issue } = await issuers.open({ queueBound })
    issuers.proxy.hold()
    const waiting = [issue(sale.id), issue(sale.id), issue(sale.id)]
    for (const user of [newUser(), newUser()])
      await expect(issue(sale.id, user)).rejects.toMatchObject({ code: 'overloaded' })
    issuers.proxy.release()
    expect((await Promise.all(waiting)).map(({ kind }) => kind)).toEqual(['granted', 'granted', 'granted'])
    expect([queueBound.held, await sale.fields()]).toMatchObject([0, { granted: '3' }])
  })

  test('presses that arrive during a gate call go out in calls of 256', async () => {
    const { id } = await issuers.publish({ stock: 5 })
    const { issue } = await issuers.open()
    issuers.proxy.hold()
    const first = issue(id)
    await new Promise(setImmediate)
    const rest = Array.from({ length: 500 }, () => issue(id).catch(({ code }) => ({ kind: code })))
    const calls = await issuers.countCalls()
    issuers.proxy.release()
    await Promise.all([first, ...rest])
    expect((await issuers.countCalls()) - calls).toBe(3)
  })
})

test('a gate that does not answer in time is unknown; a repeat finds the granted coupon', async () => {
  const { id } = await issuers.publish()
  const { issue } = await issuers.open()
  const userId = newUser()
  issuers.proxy.hold('answers')
  await expect(issue(id, userId)).rejects.toMatchObject({ code: 'unavailable' })
  issuers.proxy.release()
  const again = await until('the client is back', () => issue(id, userId))
  expect(again).toMatchObject({ kind: 'confirming', grant: { rank: 1 } })
})

describe('not open', () => {
  test('not open is answered from memory before the first opening, while memory is fresh', async () => {
    const { id } = await issuers.publish({ opensAtMs: Date.now() + hourMs })
    const fresh = await issuers.open()
    const old = await issuers.open({ memoryMs: -1 })
    const calls = await issuers.countCalls()
    expect(await fresh.issue(id)).toMatchObject({ kind: 'not-open' })
    expect(await issuers.countCalls()).toBe(calls)
    expect(await old.issue(id)).toMatchObject({ kind: 'not-open' })
    expect(await issuers.countCalls()).toBe(calls + 1)
  })

  test.each([
    ['it is paused', { state: 'paused' }, 'paused'],
    ['a user has already won', {}, 'not-open'],
  ])('not open is not answered from memory when %s: a winner gets the coupon', async (_, fields, kind) => {
    const opensAtMs = Date.now() + hourMs
    const sale = await issuers.publish({ opensAtMs })
    const winner = grantRequest()
    await sale.set({ opensAtMs: 1 })
    await sale.gate.decide(sale.id, 1, [winner, ...grantRequests(1)])
    await sale.set({ opensAtMs, ...fields })
    const { issue } = await issuers.open()
    expect(await issue(sale.id, winner.userId)).toMatchObject({ kind: 'confirming', grant: { rank: 1 } })
    expect(await issue(sale.id)).toMatchObject({ kind })
  })
})

test('an id that is not listed is unknown; with a lost list it is recovering', async () => {
  const { issue } = await issuers.open()
  expect(await issue(randomUUIDv7())).toEqual({ kind: 'unknown-campaign' })
  expect(await issue(randomUUIDv7().slice(1))).toEqual({ kind: 'unknown-campaign' })
  await issuers.own.control.command('HDEL', campaignsKey, 'marker')
  await expect(issue(randomUUIDv7())).rejects.toMatchObject({ code: 'recovering' })
})

test('requests waiting for the log count towards the bound until the log has answered', async () => {
  const { id } = await issuers.publish()
  const log = Promise.withResolvers<AppendResult>()
  const grantLog = { append: () => log.promise }
  const { issue, isFull } = await issuers.open({ queueBound: createBound(1), grantLog })
  const waiting = issue(id)
  await until(
    'the gate has granted it',
    async () => Number(await issuers.own.redis.command('HGET', gateKey(id), 'granted')) === 1,
  )
  await until('it waits for the log', isFull)
  await expect(issue(id)).rejects.toMatchObject({ code: 'overloaded' })
  expect(isFull()).toBe(true)
  log.resolve('confirmed')
  expect(await waiting).toMatchObject({ kind: 'granted' })
  expect(isFull()).toBe(false)
  expect(await issue(id)).toMatchObject({ kind: 'granted', grant: { rank: 2 } })
})

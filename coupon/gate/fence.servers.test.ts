import { afterEach, describe, expect, inject, test } from 'vitest'
import { createProxy } from '../../servers/network/proxy.ts'
import {
  follow,
  infoOf,
  type OwnRedis,
  type Persistence,
  promote,
  startOwnRedis,
} from '../../test/harness/servers/own-redis.ts'
import {
  type ArmedGate,
  armGate,
  contentOf,
  grantRequest,
  grantRequests,
  openRedis,
} from '../../test/harness/values/armed-gate.ts'
import { until } from '../../test/harness/values/until.ts'
import type { GrantRequest } from './decision.ts'
import { createGate } from './gate.ts'
import type { OutboxEntry } from './outbox-entry.ts'

const own: OwnRedis[] = []
const start = async (persistence?: Persistence): Promise<OwnRedis> => {
  const server = await startOwnRedis(persistence)
  own.push(server)
  return server
}
afterEach(async () => {
  await Promise.all(own.splice(0).map((server) => server.close()))
})

/** A gate with stock left, a confirmed winner, a waiting one and a free rank. */
type PreparedGate = ArmedGate & { winner: GrantRequest; waiting: OutboxEntry }
const prepareGate = async ({ redis }: Pick<OwnRedis, 'redis'>): Promise<PreparedGate> => {
  const armed = await armGate(redis, { free: [1, 2, 3], stock: 10 })
  const winner = grantRequest()
  const entries = [
    await armed.gate.decide(armed.id, 1, [winner]),
    await armed.gate.decide(armed.id, 1, grantRequests(1)),
  ].map((decided) => (decided.kind === 'decided' ? decided.entry : undefined))
  const [confirmed, waiting] = entries
  if (confirmed === undefined || waiting === undefined) throw new Error('not granted')
  await armed.gate.confirm(armed.id, 1, [confirmed])
  return { ...armed, winner, waiting }
}

/** Answers of the scripts behind a press; a failure as its code. */
const answersOf = async ({ id, gate, winner, waiting }: PreparedGate): Promise<string[]> => {
  const answers = await Promise.allSettled([
    gate.decide(id, 1, [grantRequest()]),
    gate.decide(id, 1, [winner]),
    gate.confirm(id, 1, [waiting]),
    gate.look(id, 1, [{ userId: winner.userId, slot: 1 }]),
  ])
  return answers.map((answer) =>
    answer.status === 'fulfilled' ? answer.value.kind : String(answer.reason.code),
  )
}
const refused = ['recovering', 'recovering', 'recovering', 'recovering']

test('a gate on the server that it was armed on answers', async () => {
  const prepared = await prepareGate(await start())
  expect(await answersOf(prepared)).toEqual(['decided', 'decided', 'confirmed', 'looked'])
})

describe('lost memory', () => {
  test.each([
    ['that kept everything in its AOF', 'aof', 'stop'],
    ['that was killed and kept everything in its AOF', 'aof', 'kill'],
    ['that kept everything in its RDB', 'rdb', 'stop'],
    ['that kept nothing', 'nothing', 'stop'],
  ] as const)(
    'after a restart of a Redis %s, nothing is granted, confirmed or looked up',
    async (_, persistence, how) => {
      const server = await start(persistence)
      const prepared = await prepareGate(server)
      const before = await prepared.content()
      await server.restart(how)
      const kept = await prepared.content()
      expect(kept).toEqual(persistence === 'nothing' ? {} : before)
      expect(await answersOf(prepared)).toEqual(refused)
      expect(await prepared.content()).toEqual(kept)
    },
  )

  test('after FLUSHALL nothing is granted, confirmed or looked up, and nothing is written', async () => {
    const server = await start()
    const prepared = await prepareGate(server)
    await server.redis.command('FLUSHALL')
    expect(await answersOf(prepared)).toEqual(refused)
    expect(await contentOf(server.redis, '*')).toEqual({})
  })

  test('a master that was demoted, re-synchronised and promoted again is refused', async () => {
    const [first, second] = [await start(), await start()]
    await follow(second, first)
    const prepared = await prepareGate(first)
    await until(
      'the replica has the gate',
      async () => (await second.control.command('EXISTS', prepared.keys.outbox)) === 1,
    )
    await promote(second)
    await prepared.gate.decide(prepared.id, 1, grantRequests(3))
    const [runId, granted] = [await infoOf(first, 'run_id'), (await prepared.fields())['granted']]

    await follow(first, second)
    for (const answer of await answersOf(prepared)) expect(['recovering', 'unavailable']).toContain(answer)
    await promote(first)
    expect(await infoOf(first, 'run_id')).toBe(runId)
    expect(Number(granted) - Number((await prepared.fields())['granted'])).toBe(3)
    const before = await prepared.content()
    expect(await answersOf(prepared)).toEqual(refused)
    expect(await prepared.content()).toEqual(before)
  })

  test('a replica refuses, and refuses after its promotion', async () => {
    const [first, second] = [await start(), await start()]
    await follow(second, first)
    const prepared = await prepareGate(first)
    await until(
      'the replica has the gate',
      async () => (await second.control.command('EXISTS', prepared.keys.outbox)) === 1,
    )
    const there: PreparedGate = { ...prepared, gate: createGate(second.redis, { outboxGrantsMax: 100 }) }
    for (const answer of await answersOf(there)) expect(['recovering', 'unavailable']).toContain(answer)
    await second.control.command('CONFIG', 'SET', 'replica-read-only', 'no')
    await second.connected()
    expect(await answersOf(there)).toEqual(refused)
    await promote(second)
    expect(await answersOf(there)).toEqual(refused)
    expect(await answersOf(prepared)).toEqual(['decided', 'decided', 'confirmed', 'looked'])
  })
})

describe('a server that cannot write', () => {
  test('a master without its replicas refuses everything, its "sold out" included', async () => {
    const { redis } = await start()
    const prepared = await prepareGate({ redis })
    const soldOut = await armGate(redis, { stock: 1 })
    await soldOut.gate.decide(soldOut.id, 1, grantRequests(1))
    const before = await contentOf(redis, '*')
    await redis.command('CONFIG', 'SET', 'min-replicas-to-write', 1)
    expect(await answersOf(prepared)).toEqual(['unavailable', 'unavailable', 'unavailable', 'unavailable'])
    await expect(soldOut.gate.decide(soldOut.id, 1, [grantRequest()])).rejects.toThrow('NOREPLICAS')
    await expect(soldOut.gate.view(soldOut.id)).rejects.toThrow('NOREPLICAS')
    await redis.command('CONFIG', 'SET', 'min-replicas-to-write', 0)
    expect(await contentOf(redis, '*')).toEqual(before)
    expect(await answersOf(prepared)).toEqual(['decided', 'decided', 'confirmed', 'looked'])
  })
})

test('after a stalled or broken connection the gate goes on, and a repeat finds the coupon', async () => {
  const url = new URL(inject('gatesRedisUrl'))
  const proxy = await createProxy({ host: url.hostname, port: Number(url.port || 6_379) })
  url.hostname = '127.0.0.1'
  url.port = String(proxy.port)
  const redis = await openRedis(url.href)
  const prepared = await prepareGate({ redis })
  const late = grantRequest()
  proxy.hold()
  const held = prepared.gate.decide(prepared.id, 1, [late])
  proxy.release()
  expect(await held).toMatchObject({ decisions: [{ kind: 'granted', grant: { couponId: late.couponId } }] })
  proxy.hold('answers')
  const unknown = prepared.gate.decide(prepared.id, 1, [grantRequest(late)])
  proxy.cut()
  await expect(unknown).rejects.toMatchObject({ code: 'unavailable' })
  proxy.release()
  proxy.restore()
  const again = await until('the client is back', () =>
    prepared.gate.decide(prepared.id, 1, [{ ...late, couponId: grantRequest().couponId }]),
  )
  expect(again).toMatchObject({ decisions: [{ kind: 'won', grant: { couponId: late.couponId, rank: 3 } }] })
  redis.close()
  await proxy.close()
})

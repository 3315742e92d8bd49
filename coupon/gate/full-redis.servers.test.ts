import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createLogger } from '../../platform/log/logger.ts'
import { type OwnRedis, startOwnRedis } from '../../test/harness/servers/own-redis.ts'
import { armGate, contentOf, grantRequest } from '../../test/harness/values/armed-gate.ts'
import { lookUpCampaigns, registerCampaigns } from './campaign-list.ts'
import { createGateSurveyor } from './gate-surveyor.ts'
import { createKeeperGate } from './keeper-gate.ts'
import { createRedisRoom } from './redis-room.ts'
import { fillScript, stopScript } from './scripts.ts'

let own: OwnRedis
beforeAll(async () => {
  own = await startOwnRedis()
})
afterAll(() => own.close())
afterEach(() => own.control.command('CONFIG', 'SET', 'maxmemory', 0))

const fill = () => own.control.command('CONFIG', 'SET', 'maxmemory', 1)
/** A gate with a confirmed winner and one who waits for the log. */
const prepare = async () => {
  const armed = await armGate(own.redis, { stock: 10 })
  const [winner, pending] = [grantRequest(), grantRequest()]
  const [first, second] = [
    await armed.gate.decide(armed.id, 1, [winner]),
    await armed.gate.decide(armed.id, 1, [pending]),
  ].map((decided) => (decided.kind === 'decided' ? decided.entry : undefined))
  if (first === undefined || second === undefined) throw new Error('not granted')
  await armed.gate.confirm(armed.id, 1, [first])
  return { ...armed, winner, pending, waiting: second }
}

test('a full Redis grants nothing, and answers winners with their coupon', async () => {
  const { id, gate, redis, winner, pending } = await prepare()
  const before = await contentOf(redis, '*')
  await fill()
  expect(await gate.decide(id, 1, [grantRequest(), winner, pending, winner])).toMatchObject({
    kind: 'decided',
    decisions: [
      { kind: 'full' },
      { kind: 'won', grant: { couponId: winner.couponId, rank: 1 }, confirmed: true },
      { kind: 'won', grant: { couponId: pending.couponId, rank: 2 }, confirmed: false },
      { kind: 'won', grant: { couponId: winner.couponId, rank: 1 }, confirmed: true },
    ],
    entry: undefined,
  })
  expect(await gate.decide(id, 2, [winner])).toEqual({ kind: 'epoch', epoch: 1 })
  expect(await contentOf(redis, '*')).toEqual(before)
  await own.control.command('CONFIG', 'SET', 'maxmemory', 0)
  expect(await gate.decide(id, 1, [grantRequest()])).toMatchObject({ decisions: [{ grant: { rank: 3 } }] })
})

test('a full Redis confirms, reads and stops, and refuses what would make a gate larger', async () => {
  const { id, gate, redis, winner, waiting, keys } = await prepare()
  const keeperGate = createKeeperGate(redis)
  await registerCampaigns(redis, 'all', [{ id, version: 1 }])
  await fill()
  expect((await gate.confirm(id, 1, [waiting])).kind).toBe('confirmed')
  expect(await gate.look(id, 1, [winner])).toMatchObject({ found: [{ confirmed: true }] })
  expect(await gate.view(id)).toMatchObject({ armed: true })
  expect(await keeperGate.inspect(id, 1, 0, 10)).toMatchObject({ kind: 'in-order', overdue: [] })
  expect(await createGateSurveyor(redis).survey(id)).toMatchObject({ kind: 'armed', winners: 2 })
  expect((await lookUpCampaigns(redis, [id])).versions?.get(id)).toBe(1)
  const claim = `1:${randomUUID()}`
  expect(await redis.run(stopScript, [keys.gate], [1, claim])).toMatchObject(['OK', expect.any(String)])
  const full = { code: 'unavailable', message: expect.stringContaining('OOM') }
  await expect(redis.run(fillScript, [keys.gate, keys.winners, keys.free], [])).rejects.toMatchObject(full)
  await expect(registerCampaigns(redis, 'some', [])).rejects.toMatchObject(full)
})

test('a Redis that is full is logged once, and once when it has room again', async () => {
  const lines: string[] = []
  const log = createLogger('test', 'info', {
    stream: { write: (line) => void lines.push((JSON.parse(line) as { msg: string }).msg) },
    monotonicMs: () => 0,
  })
  const room = createRedisRoom({ redis: own.redis, log })
  const ask = async (times: number): Promise<boolean> => {
    for (let count = 0; count < times; count += 1) await room.step()
    return room.check.isReady()
  }
  expect([await ask(3), lines]).toEqual([true, []])
  await fill()
  expect(await ask(20)).toBe(false)
  expect(room.check.waitsFor?.()).toContain('Redis is full')
  await own.control.command('CONFIG', 'SET', 'maxmemory', 0)
  expect(await ask(1)).toBe(false)
  expect(await ask(20)).toBe(true)
  expect(lines).toEqual([expect.stringContaining('Redis is full'), 'Redis has room again'])
})

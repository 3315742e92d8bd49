import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { RedisClient } from '../../platform/redis.ts'
import type { ArmedGate } from '../../test/harness/values/armed-gate.ts'
import { armGate, grantRequest, grantRequests, openRedis } from '../../test/harness/values/armed-gate.ts'
import type { GrantRequest } from './decision.ts'
import { createGate } from './gate.ts'

let redis: RedisClient
beforeAll(async () => {
  redis = await openRedis(inject('gatesRedisUrl'))
})
afterAll(() => redis.close())

const later = 9_000_000_000_000
const epoch = 3

/** Reasons to refuse in the order of the checks, each with the gate fields that cause it. */
const reasons: { answer: string; fields: Record<string, string | number> }[] = [
  { answer: 'recovering', fields: { fence: '0'.repeat(40) } },
  { answer: 'epoch', fields: { epoch: epoch + 1 } },
  { answer: 'paused', fields: { state: 'paused' } },
  { answer: 'not-open', fields: { opensAtMs: later } },
  { answer: 'backlog', fields: { grantsPending: 100 } },
  { answer: 'held', fields: { grantableFromMs: later, holdMs: later } },
]
const steps = reasons.map(({ answer }, at) => ({
  answer,
  fields: Object.assign({}, ...reasons.slice(at).map((one) => one.fields)),
}))

const answerOf = async ({ id, gate }: ArmedGate, ...requests: GrantRequest[]): Promise<string[]> => {
  const decided = await gate.decide(id, epoch, requests)
  return decided.kind === 'decided' ? decided.decisions.map(({ kind }) => kind) : [decided.kind]
}
const armed = (changes = {}) => armGate(redis, { epoch, stock: 3, outboxGrantsMax: 100, ...changes })

describe('the order of the checks', () => {
  test.each(steps)(
    'of several reasons to refuse, $answer is answered before the later ones',
    async ({ answer, fields }) => {
      const gate = await armed()
      await gate.set(fields)
      expect(await answerOf(gate, grantRequest())).toEqual([answer])
    },
  )

  test.each([
    ['closed comes before not open yet', { state: 'closed', opensAtMs: later }, 'closed'],
    ['a closing time in the past is closed, even with stock left', { closesAtMs: 1 }, 'closed'],
    ['a full outbox comes before sold out', { grantsPending: 100, stock: 0 }, 'backlog'],
    [
      'a full outbox comes before units that are held',
      { grantsPending: 100, grantableFromMs: later, holdMs: later },
      'backlog',
    ],
    ['nothing is held when nothing is left', { grantableFromMs: later, holdMs: later, stock: 0 }, 'sold-out'],
    ['stock below what was granted is sold out', { stock: 0 }, 'sold-out'],
    ['a gate in an unknown state is recovering', { state: 'opened' }, 'recovering'],
    ['a gate with another layout is recovering', { layout: '2' }, 'recovering'],
  ])('%s', async (_, fields, answer) => {
    const gate = await armed()
    await gate.set(fields)
    expect(await answerOf(gate, grantRequest())).toEqual([answer])
  })
})

describe('winners', () => {
  test.each(steps.slice(2))(
    'a winner is never turned away while others are answered $answer',
    async ({ answer, fields }) => {
      const gate = await armed()
      const winner = grantRequest()
      await answerOf(gate, winner)
      await gate.set(fields)
      expect(await answerOf(gate, grantRequest(), winner)).toEqual([answer, 'won'])
    },
  )

  test('a winner is never turned away by a sell-out, a close, a lower limit or a lower stock', async () => {
    const gate = await armed({ stock: 2, perUserLimit: 2 })
    const winner = [grantRequest(), grantRequest({ slot: 2 })]
    await answerOf(gate, ...winner)
    for (const fields of [{}, { perUserLimit: 1 }, { stock: 0 }, { closesAtMs: 1 }, { state: 'closed' }]) {
      await gate.set({ version: 2, ...fields })
      expect(await answerOf(gate, ...winner)).toEqual(['won', 'won'])
    }
  })
})

describe('limits', () => {
  test.each([
    ['paused', { state: 'paused' }, 'paused'],
    ['closed', { state: 'closed' }, 'closed'],
    ['past its end', { closesAtMs: 1 }, 'closed'],
    ['not open', { opensAtMs: later }, 'over-limit'],
    ['sold out', { stock: 0 }, 'over-limit'],
    ['open', { version: 2 }, 'over-limit'],
  ])('a slot over the limit of a campaign that is %s gets %s', async (_, fields, answer) => {
    const gate = await armed({ perUserLimit: 2 })
    await gate.set(fields)
    const decided = await gate.gate.decide(gate.id, epoch, [
      grantRequest({ slot: 3 }),
      grantRequest({ slot: 10 }),
    ])
    expect(decided).toMatchObject({ decisions: [{ kind: answer }, { kind: answer }] })
    if (answer === 'over-limit') expect(decided).toMatchObject({ decisions: [{ limit: 2 }, { limit: 2 }] })
  })

  test('every slot up to the limit is a coupon of its own', async () => {
    const gate = await armed({ perUserLimit: 10, stock: 100 })
    const { userId } = grantRequest()
    const slots = Array.from({ length: 10 }, (_, index) => grantRequest({ userId, slot: index + 1 }))
    expect(new Set(await answerOf(gate, ...slots))).toEqual(new Set(['granted']))
  })

  test('the outbox bound is reached in the middle of a call: the rest is backlog, not sold out', async () => {
    const gate = await armed({ stock: 10 })
    const narrow = { ...gate, gate: createGate(redis, { outboxGrantsMax: 4 }) }
    expect(await answerOf(narrow, ...grantRequests(3))).toEqual(['granted', 'granted', 'granted'])
    expect(await answerOf(narrow, ...grantRequests(3))).toEqual(['granted', 'backlog', 'backlog'])
    expect(await answerOf(narrow, grantRequest())).toEqual(['backlog'])
  })

  test('when stock and outbox run out in one call, the rest is sold out or backlog', async () => {
    const gate = await armed({ stock: 4 })
    const narrow = { ...gate, gate: createGate(redis, { outboxGrantsMax: 4 }) }
    const answers = await answerOf(narrow, ...grantRequests(5))
    expect(answers.slice(0, 4)).toEqual(['granted', 'granted', 'granted', 'granted'])
    expect(['sold-out', 'backlog']).toContain(answers[4])
  })

  test('units are grantable from the moment that the flip set, not before', async () => {
    const gate = await armed({ holdMs: 3_600_000 })
    expect(await answerOf(gate, grantRequest())).toEqual(['held'])
    const { grantableFromMs, opensAtMs } = await gate.fields()
    expect(Number(grantableFromMs)).toBeGreaterThan(Number(opensAtMs) + 3_600_000)
    await gate.set({ grantableFromMs: 1 })
    expect(await answerOf(gate, grantRequest())).toEqual(['granted'])
  })

  test('a hold that lies further ahead than it was set is over: the clock went back', async () => {
    const gate = await armed({ holdMs: 1_000 })
    await gate.set({ grantableFromMs: Date.now() + 40_000 })
    expect(await answerOf(gate, grantRequest())).toEqual(['granted'])
  })
})

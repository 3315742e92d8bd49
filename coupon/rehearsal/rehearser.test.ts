import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Failure } from '../../platform/failure.ts'
import { createLogger } from '../../platform/log/logger.ts'
import type { Campaign } from '../campaign.ts'
import type { ArmOutcome } from '../recovery/arming-steps.ts'
import { createRehearser, type RehearserOptions } from './rehearser.ts'

const campaign: Campaign = {
  ...{ id: 'sale', version: 1, state: 'open', epoch: 1, name: 'Friday', stock: 10, perUserLimit: 1 },
  ...{ opensAtMs: 0, closesAtMs: 9_000_000 },
  coupon: {
    ...{ title: 'Off', discount: { kind: 'percent', value: 10 } },
    ...{ usableFromMs: 0, usableUntilMs: 9_000_000 },
  },
}
const plan = { shoppers: 20, perSecond: 1_000 }
const origin = { by: 'alice', from: '127.0.0.1', reason: 'a test' }

const armedNow: ArmOutcome = { kind: 'armed', epoch: 1, returned: 0 }

/** Rehearsals of a deployment whose servers do as they are told. Its campaigns are never retired. */
const openRehearser = ({
  isLeaseHeld = true,
  armed = armedNow,
  failedCloses = 0,
}: {
  isLeaseHeld?: boolean
  armed?: ArmOutcome | Failure
  failedCloses?: number
} = {}) => {
  const campaigns: Campaign[] = [campaign]
  const closed: { id: string; by: string; reason: string }[] = []
  let [nowMs, closesToFail] = [1_000_000, failedCloses]
  const rehearser = createRehearser({
    database: { withLeases: (names, _, work) => work(new Set(isLeaseHeld ? names : [])) },
    campaigns: {
      liveOrKnown: async () => campaigns,
      async create(id, terms) {
        const created: Campaign = { ...terms, id, version: 1, state: 'open', epoch: 0 }
        campaigns.push(created)
        return created
      },
    },
    arming: {
      async arm(ids) {
        if (armed instanceof Failure) throw armed
        return new Map(ids.map((id) => [id, armed]))
      },
    },
    changer: {
      async change(id, _, { origin: { by, reason } }) {
        closesToFail -= 1
        if (closesToFail >= 0) throw new Failure('unavailable', 'the database is away')
        closed.push({ id, by, reason })
        for (const own of campaigns) if (own.id === id) own.state = 'closed'
        return { kind: 'unknown-campaign' }
      },
    },
    issuer: { issue: async () => ({ kind: 'sold-out' }) } satisfies RehearserOptions['issuer'],
    log: createLogger('api', 'silent'),
    newCampaignId: () => `shadow-${campaigns.length}`,
    gateNowMs: () => nowMs,
    monotonicMs: () => nowMs,
    now: () => nowMs,
    async wait(milliseconds) {
      nowMs += milliseconds
      await turn()
    },
  })
  const start = () => rehearser.start(campaign, plan, origin)
  return { rehearser, start, campaigns, closed, elapse: (ms: number) => void (nowMs += ms) }
}

test('a rehearsal ends with its result, and the next one may begin', async () => {
  const { rehearser, start, closed } = openRehearser()
  expect(await start()).toMatchObject({ kind: 'started', campaign: { id: 'shadow-1' } })
  expect(await start()).toEqual({ kind: 'under-way', campaignId: 'shadow-1' })
  await expect.poll(() => closed).toHaveLength(1)
  expect(closed[0]).toMatchObject({ id: 'shadow-1', by: 'alice' })
  expect(closed[0]?.reason).toMatch(/^Rehearsal over: 22 presses in .* 22 sold out/)
  expect(await start()).toMatchObject({ kind: 'started', campaign: { id: 'shadow-2' } })
  await rehearser.stop()
})

test('a rehearsal whose process died is under way until its closing time, and not longer', async () => {
  const { rehearser, start, campaigns, elapse } = openRehearser({ failedCloses: Number.POSITIVE_INFINITY })
  await start()
  await rehearser.stop()
  expect(await start()).toEqual({ kind: 'under-way', campaignId: 'shadow-1' })
  elapse(660_000)
  expect((await start()).kind).toBe('started')
  expect(campaigns.map(({ state }) => state)).toEqual(['open', 'open', 'open'])
})

test('a result is recorded when the database is back', async () => {
  const { start, closed } = openRehearser({ failedCloses: 3 })
  await start()
  await expect.poll(() => closed).toHaveLength(1)
})

test('two processes never start one at once', async () => {
  const { start, campaigns } = openRehearser({ isLeaseHeld: false })
  await expect(start()).rejects.toMatchObject({ code: 'unavailable' })
  expect(campaigns).toEqual([campaign])
})

test.each<[string, ArmOutcome | Failure]>([
  ['recovering', { kind: 'lost', what: 'another process arms it' }],
  ['unavailable', new Failure('unavailable', 'Redis is away')],
])('a rehearsal whose gate cannot be armed is closed, and the answer is %s', async (code, armed) => {
  const { start, closed } = openRehearser({ armed })
  await expect(start()).rejects.toMatchObject({ code })
  expect(closed).toMatchObject([{ id: 'shadow-1', reason: expect.stringContaining('did not start') }])
})

test('a process that stops leaves no press behind', async () => {
  const { rehearser, start, closed } = openRehearser()
  await start()
  await rehearser.stop()
  expect(closed[0]?.reason).toMatch(/^(?:Its process stopped|Rehearsal over): /)
})

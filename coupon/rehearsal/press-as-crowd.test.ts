import { describe, expect, test } from 'vitest'
import { Failure } from '../../platform/failure.ts'
import type { LiveCampaign } from '../campaigns/registry.ts'
import type { IssueAnswer } from '../issue/issuer.ts'
import { pressAsCrowd, type RehearsalCrowdOptions } from './press-as-crowd.ts'

const grantOf = (userId: string, slot: number, rank: number) => ({
  ...{ couponId: `coupon of ${userId}`, campaignId: 'sale', userId, slot, rank, epoch: 1, grantedAtMs: 1 },
})

/** A shop with so many coupons, and a clock that moves only while the crowd waits. */
const openShop = ({ stock = 1_000_000, answerMs = 5 } = {}) => {
  const presses: { userId: string; slot: number; atMs: number }[] = []
  const winners = new Map<string, IssueAnswer & { kind: 'granted' }>()
  const answers: { atMs: number; give(): void }[] = []
  let nowMs = 1_000
  const decide = (userId: string, slot: number): IssueAnswer => {
    const won = winners.get(userId)
    if (won !== undefined) return { ...won, kind: 'already' }
    if (winners.size >= stock) return { kind: 'sold-out' }
    const grant = grantOf(userId, slot, winners.size + 1)
    const answer = { kind: 'granted' as const, grant, campaign: {} as LiveCampaign }
    winners.set(userId, answer)
    return answer
  }
  const press = (changes: Partial<RehearsalCrowdOptions> = {}) =>
    pressAsCrowd({
      ...{ shoppers: 100, perSecond: 100, perUserLimit: 1, userIdPrefix: 'rehearsal-', inFlightMax: 50 },
      durationMaxMs: 60_000,
      issue(userId, slot) {
        presses.push({ userId, slot, atMs: nowMs })
        const { promise, resolve } = Promise.withResolvers<IssueAnswer>()
        answers.push({ atMs: nowMs + answerMs, give: () => resolve(decide(userId, slot)) })
        return promise
      },
      isStopped: () => false,
      monotonicMs: () => nowMs,
      async wait(milliseconds) {
        nowMs += milliseconds
        for (const { give } of answers.filter(({ atMs }) => atMs <= nowMs)) give()
        answers.splice(0, answers.length, ...answers.filter(({ atMs }) => atMs > nowMs))
        await new Promise((resolve) => setImmediate(resolve))
      },
      ...changes,
    })
  return { press, presses, decide, elapse: (ms: number) => void (nowMs += ms) }
}

describe('a crowd', () => {
  test('presses once each, and one in ten again, who is shown the same coupon or sold out again', async () => {
    const { press, presses } = openShop({ stock: 30 })
    const result = await press()
    expect(result).toMatchObject({
      ...{ end: 'complete', presses: 110, failed: 0, contradicted: 0 },
      answers: { granted: 30, already: 3, 'sold-out': 77 },
    })
    expect(new Set(presses.map(({ userId }) => userId)).size).toBe(100)
    expect([result.p50Ms, result.p99Ms]).toEqual([10, 10].map((ms) => expect.closeTo(ms, 1)))
  })

  test.each([1, 7, 100, 1_000])('presses at most %i times in any second', async (perSecond) => {
    const { press, presses } = openShop()
    await press({ shoppers: 3 * perSecond, perSecond, inFlightMax: 10_000 })
    const times = presses.map(({ atMs }) => atMs)
    const inSecondFrom = (from: number): number =>
      times.filter((at) => at >= from && at < from + 1_000).length
    // One more at the very beginning, which does not wait.
    expect(Math.max(...times.map(inSecondFrom))).toBeLessThanOrEqual(perSecond + 1)
    expect(presses.length).toBeGreaterThan(3 * perSecond)
  })

  test('makes up for no more than a quarter of a second when it was held up', async () => {
    const { press, presses, elapse } = openShop()
    let isHeldUp = false
    await press({
      shoppers: 400,
      isStopped() {
        if (presses.length > 100 && !isHeldUp) {
          isHeldUp = true
          elapse(10_000)
        }
        return false
      },
    })
    const counts = Map.groupBy(presses, ({ atMs }) => atMs)
    expect(Math.max(...[...counts.values()].map(({ length }) => length))).toBe(25)
  })

  test('waits with the next press while as many are unanswered as may be', async () => {
    const { press, decide } = openShop()
    let [inFlight, most] = [0, 0]
    await press({
      ...{ inFlightMax: 3, perSecond: 10_000 },
      async issue(userId, slot) {
        inFlight += 1
        most = Math.max(most, inFlight)
        await new Promise((resolve) => setImmediate(resolve))
        inFlight -= 1
        return decide(userId, slot)
      },
    })
    expect(most).toBe(3)
  })

  test('presses for every slot that a user may have', async () => {
    const { press, presses } = openShop()
    await press({ perUserLimit: 3 })
    expect(new Set(presses.map(({ slot }) => slot))).toEqual(new Set([1, 2, 3]))
  })

  test('counts a winner who is shown another coupon, or granted a second one, as a contradiction', async () => {
    const { press, decide } = openShop({ stock: 20 })
    const { contradicted } = await press({
      async issue(userId, slot) {
        const answer = decide(userId, slot)
        if (answer.kind !== 'already') return answer
        if (userId === 'rehearsal-0') return { ...answer, grant: grantOf('another', 1, 1) }
        return { ...answer, kind: 'granted' }
      },
    })
    expect(contradicted).toBe(2)
  })

  test('counts presses without an answer, and goes on', async () => {
    const { press, decide } = openShop()
    const result = await press({
      async issue(userId, slot) {
        if (userId.endsWith('7')) throw new Failure('unavailable', 'Redis is away')
        return decide(userId, slot)
      },
    })
    expect(result).toMatchObject({ end: 'complete', failed: 10, answers: { granted: 90, already: 10 } })
  })
})

describe('a crowd ends', () => {
  test('when the campaign is closed', async () => {
    const { press, decide } = openShop()
    let presses = 0
    const result = await press({
      async issue(userId, slot) {
        presses += 1
        return presses > 20 ? { kind: 'closed' } : decide(userId, slot)
      },
    })
    expect(result.end).toBe('closed')
    expect(result.presses).toBeLessThan(30)
  })

  test('not when it is paused: its presses are refused until it is resumed', async () => {
    const { press, decide } = openShop()
    let presses = 0
    const result = await press({
      async issue(userId, slot) {
        presses += 1
        return presses > 20 && presses <= 60 ? { kind: 'paused' } : decide(userId, slot)
      },
    })
    expect(result).toMatchObject({ end: 'complete', presses: 110, answers: { paused: 40 } })
  })

  test('when its process stops, with the answers that were under way', async () => {
    const { press, presses } = openShop({ answerMs: 3_000 })
    const result = await press({ isStopped: () => presses.length >= 20 })
    expect(result).toMatchObject({ end: 'stopped', presses: 20, answers: { granted: 20 } })
  })

  test('when its time is up', async () => {
    const { press } = openShop()
    const result = await press({ durationMaxMs: 500 })
    expect(result.end).toBe('late')
    expect(result.tookMs).toBeLessThan(600)
  })
})

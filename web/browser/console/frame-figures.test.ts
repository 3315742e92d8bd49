import { describe, expect, test } from 'vitest'
import type { ConsoleCampaign, ConsoleFrame } from '../../../client/contract-types.ts'
import { isNone, paceOf, ratesOf, saleTotals, secondsUntilEmpty, standingOf } from './frame-figures.ts'

describe('whether a promise holds', () => {
  test.each([
    [[], 'unknown'],
    [[true], 'holds'],
    [[false], 'checking'],
    [[true, false], 'checking'],
    [[false, false], 'broken'],
    [[false, true], 'holds'],
    [[true, null], 'unknown'],
    [[false, null], 'unknown'],
    [[false, null, false], 'broken'],
    // Red stays red while a server does not answer.
    [[false, false, null], 'broken'],
    [[false, false, true], 'holds'],
  ] as const)('after %j it is %s', (readings, standing) => {
    expect(standingOf(readings)).toBe(standing)
  })

  test('a count that is unknown is not none', () => {
    expect([null, 0, 1].map(isNone)).toEqual([null, true, false])
  })
})

const pointsOf = (...values: (number | null)[]) =>
  values.map((value, index) => ({ atMs: index * 2_000, value }))

describe('rates', () => {
  test('are per second, and unknown where a count is unknown or began anew', () => {
    const rates = ratesOf(pointsOf(0, 100, null, 300, 40, 60))
    expect(rates.map(({ value }) => value)).toEqual([50, null, null, null, 10])
  })

  test('two readings at one moment have no rate', () => {
    expect(
      ratesOf([
        { atMs: 5, value: 1 },
        { atMs: 5, value: 2 },
      ]),
    ).toEqual([{ atMs: 5, value: null }])
  })

  test('a pace is the mean over its window, across what is unknown', () => {
    expect(paceOf(pointsOf(0, 0, 100, null, 300), 4_000)).toBe(50)
    expect(paceOf(pointsOf(7), 4_000)).toBeNull()
    expect(paceOf(pointsOf(null, null), 4_000)).toBeNull()
  })

  test.each([
    [1_100, 100, 11],
    [0, 100, null],
    [100, 0, null],
    [null, 100, null],
    [100, null, null],
  ])('%s left at %s a second lasts %s s', (left, pace, seconds) => {
    expect(secondsUntilEmpty(left, pace)).toBe(seconds)
  })
})

const campaign = (changes: Partial<ConsoleCampaign>): ConsoleCampaign => ({
  ...{ id: 'a', name: 'A', state: 'open', version: 1, epoch: 1, stock: 100, granted: 10, outbox: 0 },
  ...{ outboxOldestMs: 0, recorded: 10, holds: true, oversold: 0 },
  ...changes,
})
const frame = (...campaigns: ConsoleCampaign[]): ConsoleFrame => ({
  ...{ serverTime: '2026-11-29T12:00:00.000Z', ageMs: { gates: 3, log: 2, ledger: 1 }, campaigns },
  ...{ otherCampaigns: 0, watched: [], otherWatched: 0, lag: { records: 4, ms: 0, state: 'ok' } },
  ...{ oldestUnrecordedMs: 0, deadLetters: 0, processId: '1', processes: [], otherProcesses: 0 },
})

describe('the totals of a frame', () => {
  test('add up its campaigns', () => {
    const now = frame(campaign({}), campaign({ id: 'b', granted: 30, recorded: 25, outbox: 2, oversold: 1 }))
    expect(saleTotals(now, undefined)).toEqual({
      ...{ granted: 40, recorded: 35, outbox: 2, oversold: 1, doubled: 0, behind: 4, holds: true },
    })
  })

  test('are unknown when a part is', () => {
    const unknown = { granted: null, stock: null, outbox: null, holds: null, oversold: null }
    const now = frame(campaign({}), campaign({ id: 'b', ...unknown }))
    const { granted, recorded, outbox, oversold, doubled, holds } = saleTotals(now, now)
    expect([granted, recorded, outbox, oversold, doubled, holds]).toEqual([null, 20, null, null, null, null])
  })

  test('do not hold when one campaign does not, whatever is unknown of another', () => {
    expect(saleTotals(frame(campaign({ holds: null }), campaign({ holds: false })), undefined).holds).toBe(
      false,
    )
  })

  test('count as doubled what was recorded before the gate was read, beyond what it granted', () => {
    const before = frame(campaign({ recorded: 12 }))
    expect(saleTotals(frame(campaign({ granted: 10 })), before).doubled).toBe(2)
    // Rows of this frame are younger than its gates: in a burst they are more.
    expect(saleTotals(frame(campaign({ granted: 10, recorded: 15 })), frame(campaign({}))).doubled).toBe(0)
  })
})

import { describe, expect, test } from 'vitest'
import { type ChangesToJudge, type EndSettings, judgeChanges, type Win } from './judge-changes.ts'
import type { Stop } from './sale-operator.ts'

/** Paused from 100 to 200 of the round, and from 1,100 to 1,200 of the gate. */
const pause: Stop = {
  ...{ kind: 'pause', askedMs: 90, answeredMs: 100, isRecorded: true },
  ...{ resumeSentMs: 200, resumedMs: 220, gateMs: { from: 1_100, until: 1_200 }, pagesMs: 5 },
}
const closure: Stop = {
  ...{ kind: 'close', askedMs: 290, answeredMs: 300, isRecorded: true },
  ...{ resumeSentMs: undefined, resumedMs: undefined, pagesMs: 5 },
  gateMs: { from: 1_300, until: undefined },
}
const open: EndSettings = { state: 'open', stock: 50 }

const judged = (
  stops: readonly Stop[],
  changes: Partial<Omit<ChangesToJudge, 'operator'>> & {
    grantedAtMs?: readonly number[]
    found?: Partial<Record<'ledger' | 'gate', EndSettings | undefined>>
  } = {},
): Promise<string[]> =>
  judgeChanges({
    operator: { stops: () => stops, stock: () => 50, askedStock: () => 60 },
    wins: [],
    grantedBetween: async (from, until) =>
      (changes.grantedAtMs ?? []).filter((atMs) => atMs > from && atMs < until).length,
    settings: async () => ({ ledger: open, gate: open, ...changes.found }),
    ...{ didClockJump: false, didLoseMemory: false },
    ...changes,
  })
const win = (firstSentMs: number, wonMs: number): Win => ({ firstSentMs, wonMs })

test('a round without changes, and one whose changes held, have nothing to say', async () => {
  expect(await judged([])).toEqual([])
  expect(
    await judged([pause], {
      wins: [win(99, 150), win(150, 250), win(210, 230)],
      grantedAtMs: [1_100, 1_200],
    }),
  ).toEqual([])
})

describe('a grant after the answer to a pause is found', () => {
  test('by order: a press that was sent after the answer won before the resumption was sent', async () => {
    expect(await judged([pause], { wins: [win(100, 200), win(101, 150)] })).toEqual([
      '2 people pressed after a pause was answered, and won',
    ])
  })

  test('by the clock of the gate', async () => {
    expect(await judged([pause], { grantedAtMs: [1_101, 1_199, 1_300] })).toEqual([
      '2 coupons were granted after a pause was answered, by the clock of the gate',
    ])
  })

  test.each([
    ['that clock was moved', { didClockJump: true }],
    ['Redis lost the memory of a pause that no ledger had', { didLoseMemory: true }],
  ])('but not where it proves nothing: %s', async (_, facts) => {
    const halted = { ...pause, isRecorded: false }
    expect(await judged([halted], { ...facts, grantedAtMs: [1_150] })).toEqual([])
  })

  test('also after Redis lost its memory, when the ledger had the pause', async () => {
    expect(await judged([pause], { didLoseMemory: true, wins: [win(110, 120)] })).toHaveLength(1)
  })
})

test('after a closure nobody wins for good', async () => {
  const closed = { state: 'closed', stock: 50 } as const
  const found = { ledger: closed, gate: closed }
  expect(await judged([closure], { found, wins: [win(250, 400)], grantedAtMs: [1_300] })).toEqual([])
  expect(await judged([closure], { found, wins: [win(300, 9_000)], grantedAtMs: [99_000] })).toEqual([
    '1 people pressed after a close was answered, and won',
    '1 coupons were granted after a close was answered, by the clock of the gate',
  ])
})

test.each([
  [
    'a stock that was raised',
    { state: 'open', stock: 49 },
    'the stock of the gate is 49, and was raised to 50',
  ],
  ['a stock that nobody asked for', { state: 'open', stock: 61 }, 'the stock of the gate is 61'],
  ['a resumption', { state: 'paused', stock: 50 }, 'the campaign was left open, and the gate says paused'],
  ['the gate', undefined, 'the settings of the gate could not be read'],
] as const)('%s that is lost is found', async (_, gate, said) => {
  expect(await judged([pause], { found: { gate } })).toEqual([expect.stringContaining(said)])
})

test('a closure that is lost is found, and one without an answer may be made or not', async () => {
  expect(await judged([closure])).toEqual([
    'the campaign was left closed, and the ledger says open',
    'the campaign was left closed, and the gate says open',
  ])
  expect(await judged([{ ...closure, answeredMs: undefined }])).toEqual([])
})

test('a raise without an answer may be made or not', async () => {
  expect(await judged([], { found: { gate: { state: 'open', stock: 60 } } })).toEqual([])
})

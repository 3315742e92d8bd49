import { expect, test } from 'vitest'
import { Failure } from '../../platform/failure.ts'
import { createMetrics } from '../../platform/metrics/metrics.ts'
import { toScrape } from '../../test/harness/metrics/metric-text.ts'
import type { Campaign } from '../campaign.ts'
import type { InspectResult, KeeperGate } from '../gate/keeper-gate.ts'
import { createLastInspections, showKeeper } from './keeper.ts'

const idOf = (index: number): string => `0190-${String(index).padStart(4, '0')}`

/** A keeper of `count` campaigns, with the epochs from 1 on, whose gates answer as `answer` says. */
const openKeeper = (count: number, answer: (index: number) => InspectResult | Failure) => {
  const metrics = createMetrics()
  let kept = Array.from({ length: count }, (_, index) => ({ id: idOf(index), epoch: index + 1 }) as Campaign)
  const inspect: KeeperGate['inspect'] = async (id) => {
    const result = answer(Number(id.split('-')[1]))
    if (result instanceof Failure) throw result
    return result
  }
  const lastInspections = createLastInspections({ inspect } as KeeperGate)
  const keeper = { inspectGates: async () => {}, beingArmed: () => [idOf(0)], campaigns: () => kept }
  showKeeper(keeper, lastInspections, metrics)
  return {
    lastInspections,
    inspectAll: () =>
      Promise.allSettled(kept.map(({ id, epoch }) => lastInspections.gate.inspect(id, epoch, 2_500, 100))),
    keep: (indexes: readonly number[]) => {
      kept = kept.filter((_, index) => indexes.includes(index))
    },
    read: async () => toScrape(await metrics.read()),
  }
}

const inOrder = (oldestAgeMs: number, grantsPending = 1): InspectResult => ({
  kind: 'in-order',
  halt: undefined,
  nowMs: 0,
  version: 1,
  granted: 10,
  stock: 20,
  overdue: [],
  grantsPending,
  oldestAgeMs,
})

test('shows the last inspection of each live gate, and counts the gates by it', async () => {
  const noAnswer = new Failure('unavailable', 'no answer')
  const answers: (InspectResult | Failure)[] = [
    inOrder(2_500, 7),
    { kind: 'recovering', reason: 'stale' },
    { kind: 'epoch', epoch: 9 },
    inOrder(0),
  ]
  const { inspectAll, read } = openKeeper(5, (index) => answers[index] ?? inOrder(0, 0))
  await inspectAll()
  // It answered before: that answer is no longer shown.
  answers[3] = noAnswer
  await inspectAll()
  const shown = await read()
  expect(shown.by('firstcome_outbox_oldest_age_seconds', 'campaign')).toEqual({
    [idOf(0)]: 2.5,
    [idOf(4)]: 0,
  })
  expect(shown.by('firstcome_outbox_grants', 'campaign')).toEqual({ [idOf(0)]: 7, [idOf(4)]: 0 })
  expect(shown.by('firstcome_campaign_granted_coupons', 'campaign')).toEqual({ [idOf(0)]: 10, [idOf(4)]: 10 })
  expect(shown.by('firstcome_campaign_stock_coupons', 'campaign')).toEqual({ [idOf(0)]: 20, [idOf(4)]: 20 })
  expect(shown.by('firstcome_gates', 'state')).toEqual({ 'in-order': 2, recovering: 2, silent: 1 })
  expect(Object.values(shown.by('firstcome_campaign_epoch', 'campaign'))).toEqual([5, 4, 3, 2, 1])
  expect(shown.value('firstcome_gates_arming')).toBe(1)
})

test('labels the newest 100 campaigns, and shows the others together: their sum, or their highest age', async () => {
  const { inspectAll, read } = openKeeper(130, (index) => inOrder(index === 3 ? 90_000 : 1_000))
  await inspectAll()
  const shown = await read()
  const grants = shown.by('firstcome_outbox_grants', 'campaign')
  expect(Object.keys(grants)).toHaveLength(101)
  expect(grants).toMatchObject({ [idOf(129)]: 1, [idOf(30)]: 1, other: 30 })
  expect(shown.by('firstcome_outbox_oldest_age_seconds', 'campaign')).toMatchObject({
    [idOf(30)]: 1,
    other: 90,
  })
  expect(shown.by('firstcome_campaign_epoch', 'campaign')).toMatchObject({ other: 30 })
})

test('shows and keeps nothing of a campaign that is no longer live', async () => {
  const { lastInspections, inspectAll, keep, read } = openKeeper(3, () => inOrder(0))
  await inspectAll()
  keep([1])
  expect((await read()).by('firstcome_outbox_grants', 'campaign')).toEqual({ [idOf(1)]: 1 })
  expect([0, 1, 2].map((index) => lastInspections.at(idOf(index))?.kind)).toEqual([
    undefined,
    'in-order',
    undefined,
  ])
})

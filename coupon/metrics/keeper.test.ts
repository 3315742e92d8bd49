import { expect, test } from 'vitest'
import { toScrape } from '../../test/harness/metrics/metric-text.ts'
import { Failure } from '../../platform/failure.ts'
import { createMetrics } from '../../platform/metrics/metrics.ts'
import type { Campaign } from '../campaign.ts'
import type { KeeperGate, InspectResult } from '../gate/keeper-gate.ts'
import { createLastInspections, showKeeper } from './keeper.ts'

const idOf = (index: number): string => `0190-${String(index).padStart(4, '0')}`

/** A keeper that keeps these many campaigns, of epoch 1 upwards, and has looked at each. */
const openKeeper = (count: number, answer: (index: number) => InspectResult | Failure) => {
  const metrics = createMetrics()
  let kept = Array.from({ length: count }, (_, index) => ({ id: idOf(index), epoch: index + 1 }) as Campaign)
  const inspect: KeeperGate['inspect'] = async (id) => {
    const said = answer(Number(id.split('-')[1]))
    if (said instanceof Failure) throw said
    return said
  }
  const looks = createLastInspections({ inspect } as KeeperGate)
  const keeper = { look: async () => {}, arming: () => [idOf(0)], kept: () => kept }
  showKeeper(keeper, looks, metrics)
  return {
    looks,
    look: () => Promise.allSettled(kept.map(({ id, epoch }) => looks.gate.inspect(id, epoch, 2_500, 100))),
    keep: (indexes: readonly number[]) => {
      kept = kept.filter((_, index) => indexes.includes(index))
    },
    read: async () => toScrape(await metrics.read()),
  }
}

const inOrder = (oldestAgeMs: number, grantsPending = 1): InspectResult => ({
  ...{ kind: 'in-order', granted: 10, stock: 20, overdue: [] },
  ...{ grantsPending, oldestAgeMs },
})

test('each live gate tells what its last look said, and gates are counted by it', async () => {
  const away = new Failure('unavailable', 'away')
  const answers: (InspectResult | Failure)[] = [
    inOrder(2_500, 7),
    { kind: 'recovering', reason: 'stale' },
    { kind: 'epoch', epoch: 9 },
    inOrder(0),
  ]
  const { look, read } = openKeeper(5, (index) => answers[index] ?? inOrder(0, 0))
  await look()
  // It answered before; what it said then is no longer told.
  answers[3] = away
  await look()
  const seen = await read()
  expect(seen.by('firstcome_outbox_oldest_age_seconds', 'campaign')).toEqual({ [idOf(0)]: 2.5, [idOf(4)]: 0 })
  expect(seen.by('firstcome_outbox_grants', 'campaign')).toEqual({ [idOf(0)]: 7, [idOf(4)]: 0 })
  expect(seen.by('firstcome_campaign_granted_coupons', 'campaign')).toEqual({ [idOf(0)]: 10, [idOf(4)]: 10 })
  expect(seen.by('firstcome_campaign_stock_coupons', 'campaign')).toEqual({ [idOf(0)]: 20, [idOf(4)]: 20 })
  expect(seen.by('firstcome_gates', 'state')).toEqual({ 'in-order': 2, recovering: 2, silent: 1 })
  expect(Object.values(seen.by('firstcome_campaign_epoch', 'campaign'))).toEqual([5, 4, 3, 2, 1])
  expect(seen.value('firstcome_gates_arming')).toBe(1)
})

test('the newest 100 campaigns have a label of their own; the others are one, by their sum and by their oldest', async () => {
  const { look, read } = openKeeper(130, (index) => inOrder(index === 3 ? 90_000 : 1_000))
  await look()
  const seen = await read()
  const grants = seen.by('firstcome_outbox_grants', 'campaign')
  expect(Object.keys(grants)).toHaveLength(101)
  expect(grants).toMatchObject({ [idOf(129)]: 1, [idOf(30)]: 1, other: 30 })
  expect(seen.by('firstcome_outbox_oldest_age_seconds', 'campaign')).toMatchObject({
    [idOf(30)]: 1,
    other: 90,
  })
  expect(seen.by('firstcome_campaign_epoch', 'campaign')).toMatchObject({ other: 30 })
})

test('a campaign that is no longer live is no longer told, and nothing of it is kept', async () => {
  const { looks, look, keep, read } = openKeeper(3, () => inOrder(0))
  await look()
  keep([1])
  expect((await read()).by('firstcome_outbox_grants', 'campaign')).toEqual({ [idOf(1)]: 1 })
  expect([0, 1, 2].map((index) => looks.at(idOf(index))?.kind)).toEqual([undefined, 'in-order', undefined])
})

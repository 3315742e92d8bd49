import { expect, test } from 'vitest'
import type { LiveCampaign } from '../../coupon/campaigns/registry.ts'
import type { GateView } from '../../coupon/gate/gate.ts'
import { rehearsalRule } from '../../coupon/rehearsal-rule.ts'
import { openGateView } from '../../test/harness/values/open-gate-view.ts'
import { createSalesList } from './list-sales.ts'

const campaign = (id: string, changes: Partial<GateView> = {}): LiveCampaign => ({
  ...{ id, version: 1, readAtMs: 0, view: openGateView(changes) },
})

/** A list over campaigns in memory, of which a read finds `found`; without it Redis does not answer. */
const listOf = (memory: LiveCampaign[], found: Record<string, Partial<GateView>> | undefined) => {
  const campaigns = new Map(memory.map((one) => [one.id, one]))
  let [reads, nowMs] = [0, 0]
  const list = createSalesList(
    {
      live: () => [...campaigns.values()],
      known: (id) => campaigns.get(id),
      gateNowMs: () => 2_000,
      async refresh(id) {
        reads += 1
        if (found === undefined) throw new Error('no answer')
        const read = campaign(id, found[id])
        campaigns.set(id, read)
        return { kind: 'live', campaign: read }
      },
    },
    () => nowMs,
  )
  return { list, reads: () => reads, pass: (ms: number) => (nowMs += ms) }
}

test('a sale at which nobody has looked since it began is read before it is shown', async () => {
  const { list } = listOf([campaign('a'), campaign('b'), campaign('c')], {
    a: { granted: 10 },
    b: { granted: 4 },
    c: { state: 'closed' },
  })
  const { sales } = await list()
  expect(sales.map(({ id, state, remaining }) => [id, state, remaining])).toEqual([
    ['b', 'open', 6],
    ['a', 'sold-out', 0],
  ])
})

test('while Redis does not answer sales are shown as they were known', async () => {
  const { sales } = await listOf([campaign('a', { granted: 3 })], undefined).list()
  expect(sales).toMatchObject([{ id: 'a', state: 'open', remaining: 7 }])
})

test('all who come within a second share one reading', async () => {
  const { list, reads, pass } = listOf([campaign('a')], {})
  await Promise.all([list(), list(), list()])
  expect(reads()).toBe(1)
  pass(1_000)
  await list()
  expect(reads()).toBe(2)
})

test('at most the 50 newest are read and shown, and the others are counted', async () => {
  const ids = Array.from({ length: 60 }, (_, place) => `id-${String(place).padStart(2, '0')}`)
  const scheduled = { document: { ...openGateView().document, opensAtMs: 3_000 } }
  const { list, reads } = listOf([...ids.map((id) => campaign(id)), campaign('soon', scheduled)], {})
  const { sales, more } = await list()
  expect([sales.length, sales[0]?.id, more, reads()]).toEqual([50, 'id-59', 10, 50])
})

test('a rehearsal is for nobody: it is neither shown nor counted', async () => {
  const { document } = openGateView()
  const rehearsal = { document: { ...document, eligibility: [rehearsalRule('a')] } }
  const forSome = { document: { ...document, eligibility: [{ claim: 'tier', anyOf: ['gold'] }] } }
  const { list } = listOf([campaign('a'), campaign('b', forSome), campaign('c', rehearsal)], { b: forSome })
  const { sales, more } = await list()
  expect([sales.map(({ id }) => id), more]).toEqual([['b', 'a'], 0])
})

import { expect, test } from 'vitest'
import type { LiveCampaign } from '../../coupon/campaigns/registry.ts'
import { rehearsalRule } from '../../coupon/rehearsal-rule.ts'
import { openGateView } from '../../test/harness/values/open-gate-view.ts'
import { createSalesList } from './list-sales.ts'

const { document } = openGateView()
/** A campaign that closes at 9,000 ms. */
const campaign = (id: string, changes: Partial<typeof document> = {}): LiveCampaign => ({
  ...{ id, version: 1, readAtMs: 0, view: openGateView({ document: { ...document, ...changes } }) },
})
const listAt = (nowMs: number, ...live: LiveCampaign[]) => {
  const { sales, more } = createSalesList({ live: () => live, gateNowMs: () => nowMs }, () => 0)()
  return { ids: sales.map(({ id }) => id), more }
}

test('the front page has what is open, newest first, and no rehearsal', () => {
  const rehearsal = campaign('3', { eligibility: [rehearsalRule('2')] })
  const forSome = campaign('4', { eligibility: [{ claim: 'tier', anyOf: ['gold'] }] })
  expect(listAt(5_000, campaign('1'), campaign('2'), rehearsal, forSome)).toEqual({
    ...{ ids: ['4', '2', '1'], more: 0 },
  })
})

test('the front page announces nothing before its opening, and forgets what is over', () => {
  expect([listAt(500, campaign('1')).ids, listAt(9_000, campaign('1')).ids]).toEqual([[], []])
})

test('the front page counts what it leaves out, without rehearsals', () => {
  const many = Array.from({ length: 53 }, (_, at) => campaign(String(100 + at)))
  const rehearsal = campaign('999', { eligibility: [rehearsalRule('2')] })
  expect(listAt(5_000, ...many, rehearsal).more).toBe(3)
})

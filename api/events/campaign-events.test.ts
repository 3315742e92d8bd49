import { expect, test } from 'vitest'
import type { LiveCampaign, Registry } from '../../coupon/campaigns/registry.ts'
import type { GateView } from '../../coupon/gate/gate.ts'
import { openGateView } from '../../test/harness/values/open-gate-view.ts'
import { campaignEventShape } from '../contract/campaign-event-shape.ts'
import { createCampaignEvents, isOfClosed, knowsAsMuch } from './campaign-events.ts'

const view = openGateView({ epoch: 3, granted: 4, version: 2 })

/** Events of one campaign, whose view was read `ageMs` ago. */
const eventsOf = (changes: Partial<GateView>, { ageMs = 0, nowMs = 2_000 } = {}) => {
  let kept = 0
  const campaign: LiveCampaign = { id: 'a', version: 2, view: { ...view, ...changes }, readAtMs: -ageMs }
  // No other member: a listener reads nothing.
  const registry = {
    known: (id: string) => (id === 'a' ? campaign : undefined),
    gateNowMs: () => nowMs,
    keepFresh: () => (kept += 1),
  }
  const read = createCampaignEvents(registry as unknown as Registry, () => 0)
  return { read, kept: () => kept }
}
const present = (...options: Parameters<typeof eventsOf>) => {
  const found = eventsOf(...options).read('a')
  if (found === 'over') throw new Error('it is known')
  return found
}

test.each<[string, Partial<GateView>, number, string, boolean]>([
  ['open', {}, 2_000, 'open', false],
  ['before it opens', {}, 999, 'scheduled', false],
  ['sold out', { granted: 10, lastGrantAtMs: 1_412 }, 2_000, 'sold-out', false],
  ['paused', { state: 'paused' as const }, 2_000, 'paused', false],
  ['lost', { armed: false }, 2_000, 'recovering', false],
  ['over', {}, 9_000, 'closed', true],
  ['closed', { state: 'closed' as const }, 2_000, 'closed', true],
])('the event of a campaign that is %s', (_, changes, nowMs, state, isLast) => {
  const { event, isLast: isLastEvent } = present(changes, { nowMs })
  const data = campaignEventShape.parse(JSON.parse(event.data()))
  expect(data).toEqual(JSON.parse(event.data()))
  expect(data).toMatchObject({ state, stock: 10, remaining: 10 - (changes.granted ?? 4) })
  const soldOutAt = state === 'sold-out' ? '1970-01-01T00:00:01.412Z' : null
  expect(data.soldOutAt).toBe(soldOutAt)
  expect([event.event, isLastEvent]).toEqual([isLast ? 'closed' : 'campaign', isLast])
  expect(isOfClosed(event.id)).toBe(isLast)
})

test('a campaign that is no longer known ends its stream', () => {
  expect(eventsOf({}).read('b')).toBe('over')
})

test.each([
  ['open', {}, 499, 0],
  ['open', {}, 500, 1],
  ['recovering', { armed: false }, 500, 1],
  ['sold out', { granted: 10 }, 4_999, 0],
  ['paused', { state: 'paused' as const }, 5_000, 1],
])('a view of a campaign that is %s is read again by its age', (_, changes, ageMs, kept) => {
  const events = eventsOf(changes, { ageMs })
  events.read('a')
  expect(events.kept()).toBe(kept)
})

test.each([
  ['the same', '3.2.4.open', '3.2.4.open', true],
  ['fewer grants', '3.2.3.open', '3.2.4.open', false],
  ['more grants, of a process that was told sooner', '3.2.5.open', '3.2.4.open', true],
  ['the sell-out, of a process that was told sooner', '3.2.10.sold-out', '3.2.4.open', true],
  ['another state', '3.2.4.open', '3.2.4.paused', false],
  ['older settings', '3.1.5.open', '3.2.4.open', false],
  ['an older gate', '2.2.5.open', '3.2.4.open', false],
  ['nothing', undefined, '3.2.4.open', false],
  ['what no process said', 'x', '3.2.4.open', false],
  ['another form', '3.2.99999999999.open', '3.2.4.open', false],
])('a client that had %s: does it know as much?', (_, lastId, id, answer) => {
  expect(knowsAsMuch(lastId, id)).toBe(answer)
})

import { expect, test } from 'vitest'
import type { LiveCampaign } from '../../coupon/campaigns/registry.ts'
import type { GateView } from '../../coupon/gate/gate.ts'
import type { InspectResult } from '../../coupon/gate/keeper-gate.ts'
import { Failure } from '../../platform/failure.ts'
import { openGateView } from '../../test/harness/values/open-gate-view.ts'
import { consoleFrameShape } from '../contract/console-frame-shape.ts'
import { createConsoleCampaigns } from './console-campaigns.ts'
import { createConsoleFrames } from './console-frames.ts'

const liveCampaign = (id: string, changes: Partial<GateView> = {}): LiveCampaign => ({
  ...{ id, version: 1, readAtMs: 0 },
  view: openGateView(changes),
})
const idOf = (place: number): string => `01a1fe69-7d10-770e-92dc-${String(place).padStart(12, '0')}`

/** Frames of `count` campaigns over servers that count what they are asked. */
const framesOf = (count: number, { isDown = false, live = [] as LiveCampaign[] } = {}) => {
  const asked = { gates: 0, log: 0, ledger: 0 }
  const lookedAt = new Set<string>()
  let [watching, nowMs] = [0, 0]
  const granted = new Map<string, number>()
  const campaigns =
    live.length > 0 ? live : Array.from({ length: count }, (_, place) => liveCampaign(idOf(place)))
  const orDown = <Value>(kind: keyof typeof asked, value: Value): Promise<Value> => {
    asked[kind] += 1
    return isDown ? Promise.reject(new Failure('unavailable', 'it is down')) : Promise.resolve(value)
  }
  const frames = createConsoleFrames({
    campaigns: createConsoleCampaigns(
      { live: () => campaigns, gateNowMs: () => 2_000 + nowMs, keepFresh: (id) => void lookedAt.add(id) },
      {
        inspect: (id): Promise<InspectResult> =>
          orDown('gates', {
            ...{ kind: 'in-order', nowMs: 0, granted: granted.get(id) ?? 0, stock: 10, grantsPending: 0 },
            ...{ overdue: [], oldestAgeMs: 0, version: 1, halt: undefined },
          }),
      },
    ),
    topics: { offsets: () => orDown('log', [{ partition: 0, first: 0, end: 4 }]) },
    positions: { read: () => orDown('ledger', new Map([[0, 4]])) },
    counts: { read: (ids) => orDown('ledger', new Map(ids.map((id) => [id, granted.get(id) ?? 0]))) },
    metrics: { values: async () => [] },
    watching: () => watching,
    gateNowMs: () => 2_000,
    monotonicMs: () => nowMs,
    processId: '1',
  })
  return {
    asked,
    lookedAt,
    frames,
    granted,
    watch: (consoles: number) => void (watching = consoles),
    wait: (ms: number) => void (nowMs += ms),
    frame: () => consoleFrameShape.parse(JSON.parse(frames.latest().data())),
  }
}

test('fifty consoles cost the servers as much as one, and none cost nothing', async () => {
  const costs: object[] = []
  for (const consoles of [0, 1, 50]) {
    const { asked, frames, watch, wait } = framesOf(3)
    watch(consoles)
    // Each console asks for a first frame, and all get those of every second.
    await Promise.all(Array.from({ length: consoles }, frames.ready))
    for (let second = 0; second < 5; second += 1) {
      wait(1_000)
      await frames.step()
    }
    costs.push(asked)
  }
  const six = { gates: 6 * 3, log: 6 * 2, ledger: 6 * 2 }
  expect(costs).toEqual([{ gates: 0, log: 0, ledger: 0 }, six, six])
})

test('of many campaigns twenty gates are read: those that are open, and granted last', async () => {
  const open = Array.from({ length: 30 }, (_, place) => liveCampaign(idOf(place)))
  const paused = Array.from({ length: 30 }, (_, place) => liveCampaign(idOf(50 + place), { state: 'paused' }))
  const { asked, lookedAt, frames, granted, watch, wait, frame } = framesOf(0, { live: [...paused, ...open] })
  watch(1)
  await frames.step()
  expect(asked.gates).toBe(20)
  expect([frame().campaigns.length, frame().otherCampaigns]).toEqual([20, 40])
  // The other open ones may begin to grant.
  expect(lookedAt.size).toBe(10)
  granted.set(idOf(15), 3)
  for (let time = 0; time < 2; time += 1) {
    wait(1_000)
    await frames.step()
  }
  expect(frame().campaigns[0]).toMatchObject({ id: idOf(15), granted: 3, recorded: 3, holds: true })
  expect(new Set(frame().campaigns.map(({ state }) => state))).toEqual(new Set(['open']))
})

test('what no server answers is null, and nothing is said to hold', async () => {
  const { frames, watch, frame } = framesOf(1, { isDown: true })
  watch(1)
  await frames.step()
  expect(frame()).toMatchObject({ lag: null, oldestUnrecordedMs: null, deadLetters: null })
  expect(frame().ageMs).toMatchObject({ log: null, ledger: null })
  expect(frame().campaigns).toMatchObject([
    { state: 'silent', stock: null, granted: null, recorded: null, holds: null, oversold: null },
  ])
})

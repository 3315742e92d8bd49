import { expect, test } from 'vitest'
import type { LiveCampaign } from '../../coupon/campaigns/registry.ts'
import type { GateView } from '../../coupon/gate/gate.ts'
import type { InspectResult } from '../../coupon/gate/keeper-gate.ts'
import type { StoredSample } from '../../coupon/gate/process-samples.ts'
import { encodeProcessSample } from '../../coupon/process/process-sample.ts'
import { Failure } from '../../platform/failure.ts'
import { idleProcess } from '../../test/harness/values/idle-process.ts'
import { openGateView } from '../../test/harness/values/open-gate-view.ts'
import { consoleFrameShape } from '../contract/console-frame-shape.ts'
import { createConsoleCampaigns } from './console-campaigns.ts'
import { createConsoleFrames } from './console-frames.ts'
import { createWatchedCampaigns } from './watched-campaigns.ts'

const liveCampaign = (id: string, changes: Partial<GateView> = {}): LiveCampaign => ({
  ...{ id, version: 1, readAtMs: 0 },
  view: openGateView(changes),
})
const idOf = (place: number): string => `01a1fe69-7d10-770e-92dc-${String(place).padStart(12, '0')}`

/** Frames of `count` campaigns over servers that count what they are asked. */
const framesOf = (count: number, { isDown = false, live = [] as LiveCampaign[] } = {}) => {
  const asked = { gates: 0, log: 0, ledger: 0, samples: 0 }
  const watched = createWatchedCampaigns()
  let stored: StoredSample[] = []
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
    saleEvents: { read: () => orDown('ledger', []) },
    counts: { read: (ids) => orDown('ledger', new Map(ids.map((id) => [id, granted.get(id) ?? 0]))) },
    watched,
    sampler: { read: async () => idleProcess({ id: 'own' }) },
    samples: { read: () => orDown('samples', stored) },
    watching: () => watching,
    gateNowMs: () => 2_000,
    monotonicMs: () => nowMs,
  })
  return {
    asked,
    watched,
    store: (samples: StoredSample[]) => void (stored = samples),
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
  const six = { gates: 6 * 3, log: 6 * 2, ledger: 6 * 3, samples: 6 }
  expect(costs).toEqual([{ gates: 0, log: 0, ledger: 0, samples: 0 }, six, six])
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

test('a campaign that consoles watch is in the frame too, once for all of them', async () => {
  const { asked, watched, frames, watch, frame } = framesOf(0, {
    live: Array.from({ length: 60 }, (_, place) => liveCampaign(idOf(place))),
  })
  watch(50)
  const closed = idOf(999)
  for (let consoles = 0; consoles < 25; consoles += 1) {
    watched.add(idOf(3))
    watched.add(closed)
  }
  await frames.step()
  expect(asked).toEqual({ gates: 21, log: 2, ledger: 3, samples: 1 })
  expect(frame().campaigns.at(-1)).toMatchObject({ id: idOf(3), state: 'open' })
  expect(frame()).toMatchObject({ watched: [idOf(3), closed], otherWatched: 0, otherCampaigns: 39 })
})

test('at most twenty watched campaigns are shown, and the frame says how many are not', async () => {
  const { asked, watched, frames, watch, frame } = framesOf(0, {
    live: Array.from({ length: 60 }, (_, place) => liveCampaign(idOf(place))),
  })
  watch(1)
  for (let place = 0; place < 23; place += 1) watched.add(idOf(place))
  await frames.step()
  expect([frame().campaigns.length, asked.gates]).toEqual([40, 40])
  expect([frame().watched.length, frame().otherWatched, frame().otherCampaigns]).toEqual([20, 3, 20])
})

test('a frame has every process that says what it does, and this one first', async () => {
  const { frames, watch, store, frame } = framesOf(0)
  const stored = (id: string, kind: 'api' | 'worker', atMs = 1_000): StoredSample => ({
    ...{ id, atMs, text: encodeProcessSample(idleProcess({ id, kind, name: `host:${id}` })) },
  })
  watch(1)
  // What this process published is older than what it knows.
  store([stored('w', 'worker'), stored('own', 'api'), stored('b', 'api'), { id: 'x', atMs: 1, text: '{}' }])
  await frames.step()
  expect(frame()).toMatchObject({
    processId: 'own',
    otherProcesses: 1,
    processes: [
      { id: 'own', sampledAt: '1970-01-01T00:00:02.000Z' },
      { id: 'b', sampledAt: '1970-01-01T00:00:01.000Z' },
      { id: 'w', kind: 'worker' },
    ],
  })
  store(Array.from({ length: 100 }, (_, place) => stored(`p${place}`, 'api')))
  await frames.step()
  expect([frame().processes.length, frame().processes[0]?.id, frame().otherProcesses]).toEqual([
    64,
    'own',
    37,
  ])
})

test('what no server answers is null, and nothing is said to hold', async () => {
  const { frames, watch, frame } = framesOf(1, { isDown: true })
  watch(1)
  await frames.step()
  expect(frame()).toMatchObject({ lag: null, oldestUnrecordedMs: null, deadLetters: null, events: null })
  expect(frame().ageMs).toMatchObject({ log: null, ledger: null })
  // This process knows itself.
  expect(frame()).toMatchObject({ processes: [{ id: 'own' }], otherProcesses: null })
  expect(frame().campaigns).toMatchObject([
    { state: 'silent', stock: null, granted: null, recorded: null, holds: null, oversold: null },
  ])
})

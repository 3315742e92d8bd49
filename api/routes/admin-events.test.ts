import { expect, test } from 'vitest'
import type { Asking } from '../../platform/http/event-hub.ts'
import { createEventPlaces } from '../../platform/http/event-places.ts'
import type { Authenticator } from '../authenticator.ts'
import { createWatchedCampaigns } from '../events/watched-campaigns.ts'
import type { HttpContext } from '../route.ts'
import { type AdminEventsOptions, adminEventsRoute } from './admin-events.ts'

const campaignId = '0199fe69-7d10-770e-92dc-168166463406'

/** The route, for one console of a token that expires then. Frames come, or fail with `failure`. */
const routeOf = ({ expiresAtMs, failure }: { expiresAtMs?: number; failure?: Error } = {}) => {
  const consolePlaces = createEventPlaces({ listenersMax: 1, listenersOfClientMax: 0, proxies: 0 })
  const watchedCampaigns = createWatchedCampaigns()
  const listening: Asking[] = []
  let nowMs = 0
  const requireRole: Authenticator['requireRole'] = (_, handle) => (context) =>
    handle(context, { name: 'ann', roles: ['viewer'] }, expiresAtMs)
  const { handle } = adminEventsRoute({
    ...{ consolePlaces, watchedCampaigns, authenticator: { requireRole }, now: () => nowMs },
    hub: { listen: (_: string, asking: Asking) => void listening.push(asking) },
    consoleFrames: { ready: () => (failure === undefined ? Promise.resolve() : Promise.reject(failure)) },
  } as unknown as AdminEventsOptions)
  return {
    ...{ consolePlaces, watchedCampaigns, listening },
    passTo: (ms: number) => void (nowMs = ms),
    watch: (campaigns: string[] = []) =>
      handle({
        env: { incoming: { headers: {}, socket: {} }, outgoing: {} },
        req: { queries: () => (campaigns.length === 0 ? undefined : campaigns) },
      } as unknown as HttpContext),
  }
}

test('a console that gets no frame keeps no place, and watches no campaign', async () => {
  const { consolePlaces, watchedCampaigns, watch } = routeOf({ failure: new Error('no frame') })
  for (let time = 0; time < 3; time += 1) await expect(watch([campaignId])).rejects.toThrow('no frame')
  expect([consolePlaces.taken(), watchedCampaigns.shown()]).toEqual([0, []])
})

test('a campaign is watched until the stream ends', async () => {
  const { watchedCampaigns, listening, watch } = routeOf()
  await watch([campaignId])
  expect(watchedCampaigns.shown()).toEqual([campaignId])
  listening[0]?.onClosed()
  expect(watchedCampaigns.shown()).toEqual([])
})

test.each([
  ['no id', ['sale']],
  ['nothing', ['']],
  ['several campaigns', [campaignId, campaignId]],
])('a console that asks to watch %s is told what was expected', async (_, campaigns) => {
  const { consolePlaces, watch } = routeOf()
  const answer = await watch(campaigns)
  expect([answer.status, await answer.json()]).toMatchObject([
    ...[
      422,
      { code: 'invalid', errors: [{ pointer: '/campaign', message: 'expected the id of one campaign' }] },
    ],
  ])
  expect(consolePlaces.taken()).toBe(0)
})

test.each([
  ['that expires ends with it', 5_000, [false, false, true]],
  ['without expiry goes on', undefined, [undefined, undefined, undefined]],
])('a stream of a token %s', async (_, expiresAtMs, isOver) => {
  const { listening, passTo, watch } = routeOf(expiresAtMs === undefined ? {} : { expiresAtMs })
  await watch()
  const seen = [0, 4_999, 5_000].map((ms) => {
    passTo(ms)
    return listening[0]?.isOver?.()
  })
  expect(seen).toEqual(isOver)
})

import { expect, test } from 'vitest'
import { createEventPlaces } from '../../platform/http/event-places.ts'
import type { Authenticator } from '../authenticator.ts'
import type { HttpContext } from '../route.ts'
import { type AdminEventsOptions, adminEventsRoute } from './admin-events.ts'

test('a console that gets no frame keeps no place', async () => {
  const consolePlaces = createEventPlaces({ listenersMax: 1, listenersOfClientMax: 0, proxies: 0 })
  const requireRole: Authenticator['requireRole'] = (_, handle) => (context) =>
    handle(context, { name: 'ann', roles: ['viewer'] })
  const { handle } = adminEventsRoute({
    consolePlaces,
    authenticator: { requireRole },
    consoleFrames: { ready: () => Promise.reject(new Error('no frame')) },
  } as unknown as AdminEventsOptions)
  const context = { env: { incoming: { headers: {}, socket: {} }, outgoing: {} } } as unknown as HttpContext
  for (let time = 0; time < 3; time += 1) await expect(handle(context)).rejects.toThrow('no frame')
  expect(consolePlaces.taken()).toBe(0)
})

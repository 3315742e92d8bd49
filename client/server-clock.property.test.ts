import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createVirtualTimers, runThrough, type VirtualTimers } from '../test/harness/values/virtual-timers.ts'
import { createClient, type ServerNow } from './shopper-client.ts'

type Trip = { thereMs: number; backMs: number; isLost: boolean }

const wayMs = fc.oneof(fc.constant(0), fc.nat(400))
const trip = fc.record<Trip>({
  thereMs: wayMs,
  backMs: wayMs,
  isLost: fc.boolean(),
})

const delay = (timers: VirtualTimers, ms: number): Promise<void> =>
  new Promise((resolve) => {
    timers.after(ms, resolve)
  })

/** A server whose clock runs `offsetMs` ahead of that of the client. */
const clientOf = (timers: VirtualTimers, offsetMs: number, trips: readonly Trip[]) => {
  let asked = 0
  const client = createClient({
    ...{ url: 'http://api', timers },
    async fetch() {
      const { thereMs, backMs, isLost } = trips[asked++] ?? { thereMs: 0, backMs: 0, isLost: true }
      await delay(timers, thereMs)
      const nowMs = Math.floor(timers.nowMs() + offsetMs)
      await delay(timers, backMs)
      if (isLost) throw new TypeError('fetch failed')
      return Response.json({ nowMs })
    },
  })
  return { client, asked: () => asked }
}

test('the time of the server is within the uncertainty, however slow and lopsided the way to it is', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.double({ min: 0, max: 2e12, noNaN: true }),
      fc.array(trip, { minLength: 5, maxLength: 5 }),
      fc.nat(3_600_000),
      async (offsetMs, trips, laterMs) => {
        const timers = createVirtualTimers()
        const { client, asked } = clientOf(timers, offsetMs, trips)
        const holdsNow = ({ ms, uncertaintyMs }: ServerNow): boolean =>
          Math.abs(ms - (timers.nowMs() + offsetMs)) <= uncertaintyMs + 1e-3
        if (trips.every(({ isLost }) => isLost)) {
          await expect(runThrough(timers, client.synchronise())).rejects.toMatchObject({ code: 'no-answer' })
          return client.serverNow() === undefined
        }
        const first = await runThrough(timers, client.synchronise())
        const isRight = holdsNow(first)
        await runThrough(timers, delay(timers, laterMs))
        const later = client.serverNow()
        const fastest = Math.min(
          ...trips.filter(({ isLost }) => !isLost).map((one) => one.thereMs + one.backMs),
        )
        expect(asked()).toBe(5)
        expect(first.uncertaintyMs).toBeLessThanOrEqual(fastest / 2 + 1.5)
        return isRight && later !== undefined && holdsNow(later)
      },
    ),
  )
})

import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { LaunchError } from '../launch-error.ts'

const requestTimeoutMs = 5_000
const dayMs = 24 * 60 * 60 * 1_000

/** A campaign to try things on. */
export type DemoCampaign = { id: string; name: string; stock: number }

const created = z.object({ id: z.string(), name: z.string(), stock: z.number() })

/** Creates a campaign that is open from now on, for a week. Throws a StartFault with the answer unless it is 201. */
export const createDemoCampaign = async (
  { apiUrl, adminToken, now }: { apiUrl: string; adminToken: string; now: number },
  signal: AbortSignal,
): Promise<DemoCampaign> => {
  const at = (offsetMs: number): string => new Date(now + offsetMs).toISOString()
  const response = await fetch(`${apiUrl}/v1/admin/campaigns`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'Demo',
      stock: 10_000,
      perUserLimit: 1,
      opensAt: at(0),
      closesAt: at(7 * dayMs),
      coupon: {
        title: '5,000 won off',
        discount: { kind: 'amount', value: 5_000, currency: 'KRW' },
        usableUntil: at(30 * dayMs),
      },
    }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
  })
  const text = await response.text()
  if (response.status !== 201)
    throw new LaunchError(`no demo campaign: the API answered ${response.status} ${text}`)
  return created.parse(JSON.parse(text))
}

/** Resolves once `url` answers 200. Throws a StartFault with its last answer after `timeoutMs`, or when `signal` aborts. */
export const waitForHealth = async (
  { name, url, timeoutMs }: { name: string; url: string; timeoutMs: number },
  signal: AbortSignal,
): Promise<void> => {
  const giveUpAt = Date.now() + timeoutMs
  let last = 'nothing'
  while (Date.now() < giveUpAt && !signal.aborted) {
    try {
      const response = await fetch(url, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
      })
      last = `${response.status} ${await response.text()}`
      if (response.status === 200) return
    } catch (cause) {
      // Not listening yet.
      last = String(cause)
    }
    await delay(50)
  }
  throw new LaunchError(`${name} is not ready after ${timeoutMs} ms: ${url} answered ${last}`)
}

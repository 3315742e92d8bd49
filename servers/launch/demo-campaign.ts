import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { createTokenSigner } from '../../platform/http/token.ts'
import { LaunchError } from '../launch-error.ts'

const createdWithinMs = 60_000
const requestTimeoutMs = 10_000

/** Not armed yet, or the first request is still in progress. */
const isRepeatable = (status: number): boolean => status === 503 || status === 409
const dayMs = 24 * 60 * 60 * 1_000

const demoCampaign = z.object({ id: z.string(), name: z.string(), stock: z.number() })

/** A campaign to try things on. */
export type DemoCampaign = z.infer<typeof demoCampaign>

/** The shopper of the commands in the banner. */
export const demoUser = 'alice'

const tokenLifetimeSeconds = 7 * 24 * 60 * 60

/** A token of `demoUser` for a week. */
export const createDemoToken = (jwtSecret: string): string =>
  createTokenSigner(jwtSecret)(demoUser, tokenLifetimeSeconds)

/**
 * Creates a campaign that opens now and closes in a week. The API may not have armed it yet, as after a
 * restart on old data. The same request is then repeated under one Idempotency-Key. Throws a LaunchError with
 * the last answer unless it is 201 within a minute.
 */
export const createDemoCampaign = async (
  { apiUrl, adminToken, now }: { apiUrl: string; adminToken: string; now: number },
  signal: AbortSignal,
): Promise<DemoCampaign> => {
  const at = (offsetMs: number): string => new Date(now + offsetMs).toISOString()
  const headers = {
    authorization: `Bearer ${adminToken}`,
    'content-type': 'application/json',
    'idempotency-key': `"${randomUUID()}"`,
  }
  const body = JSON.stringify({
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
  })
  const giveUpAt = Date.now() + createdWithinMs
  for (;;) {
    const response = await fetch(`${apiUrl}/v1/admin/campaigns`, {
      ...{ method: 'POST', headers, body },
      signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
    })
    const text = await response.text()
    if (response.status === 201) return demoCampaign.parse(JSON.parse(text))
    if (!isRepeatable(response.status) || Date.now() > giveUpAt)
      throw new LaunchError(`the demo campaign was not created: the API answered ${response.status} ${text}`)
    await delay(250, undefined, { signal })
  }
}

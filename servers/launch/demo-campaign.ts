import { randomUUID } from 'node:crypto'
import { ApiError, createOperatorClient, type NewCampaign } from '../../client/operator-client.ts'
import { createTokenSigner } from '../../platform/http/token.ts'
import { LaunchError } from '../launch-error.ts'

const createdWithinMs = 60_000
const requestTimeoutMs = 10_000

const dayMs = 24 * 60 * 60 * 1_000

/** People see it count down first. */
const demoOpensAfterMs = 20_000

/** A campaign to try things on. `opensAt` is RFC 3339. */
export type DemoCampaign = { id: string; name: string; stock: number; opensAt: string }

/** The shopper of the commands in the banner. */
export const demoUser = 'alice'

const tokenLifetimeSeconds = 7 * 24 * 60 * 60

/** A token of `demoUser` for a week. */
export const createDemoToken = (jwtSecret: string): string =>
  createTokenSigner(jwtSecret)(demoUser, tokenLifetimeSeconds)

/**
 * Creates a campaign that opens in 20 seconds and closes in a week. The API may not have armed it yet, as
 * after a restart on old data. The same request is then repeated under one Idempotency-Key. Throws a
 * LaunchError with the last answer unless it is 201 within a minute.
 */
export const createDemoCampaign = async (
  { apiUrl, adminToken, now }: { apiUrl: string; adminToken: string; now: number },
  signal: AbortSignal,
): Promise<DemoCampaign> => {
  const at = (offsetMs: number): string => new Date(now + offsetMs).toISOString()
  const campaign: NewCampaign = {
    name: 'Demo',
    stock: 10_000,
    perUserLimit: 1,
    opensAt: at(demoOpensAfterMs),
    closesAt: at(7 * dayMs),
    coupon: {
      title: 'Welcome coupon',
      discount: { kind: 'amount', value: 5_000, currency: 'KRW' },
      usableUntil: at(30 * dayMs),
    },
  }
  const operator = createOperatorClient({
    ...{ url: apiUrl, token: adminToken },
    // The deadline is the bound.
    ...{ attemptsMax: Infinity, deadlineMs: createdWithinMs, requestTimeoutMs },
  })
  try {
    const { id, name, stock, opensAt } = await operator.createCampaign(campaign, randomUUID(), { signal })
    return { id, name, stock, opensAt }
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause
    throw new LaunchError(`the demo campaign was not created: ${cause.message}`)
  }
}

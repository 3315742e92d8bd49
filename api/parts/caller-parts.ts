import type { z } from 'zod'
import type { Logger } from '../../platform/log/logger.ts'
import { type Authenticator, createAuthenticator } from '../authenticator.ts'
import { gatewayOf } from '../gateway-user.ts'
import { createRateLimit, createUserCharges, type RateLimit } from '../rate-limit.ts'
import type { apiSettings } from '../settings.ts'
import { startIssuerKeys } from '../start-issuer-keys.ts'

export type CallerParts = {
  authenticator: Authenticator
  /** How fast one address may ask; undefined where that has no bound. */
  addressRate: RateLimit | undefined
  /** Whether the keys of the issuer of tokens are there, where it has its own. */
  hasKeys(): boolean
  stop(): void
}

type CallerPartsOptions = {
  settings: z.infer<typeof apiSettings>
  log: Logger
  monotonicMs(): number
  /** Counts a refusal of a shopper who asks too fast. */
  onFastUser(): void
}

/** Everything that tells who a caller is, and how fast one may ask. */
export const createCallerParts = async ({
  settings,
  log,
  monotonicMs,
  onFastUser,
}: CallerPartsOptions): Promise<CallerParts> => {
  const issuerKeys = await startIssuerKeys({
    file: settings.JWKS_FILE,
    url: settings.JWKS_URL,
    refreshMs: settings.JWKS_REFRESH_MS,
    ...{ log, monotonicMs },
  })
  const userRate = createRateLimit('user', { perSecond: settings.USER_RATE_MAX, slots: 131_072 })
  return {
    authenticator: createAuthenticator({
      charges: createUserCharges(userRate, onFastUser),
      shoppers: {
        secret: settings.JWT_SECRET,
        previousSecret: settings.JWT_PREVIOUS_SECRET,
        issuer: settings.JWT_ISSUER,
        audience: settings.JWT_AUDIENCE,
        operatorClaim: settings.OPERATOR_CLAIM,
        leewayMs: settings.JWT_LEEWAY_MS,
        ...{ issuerKeys, now: Date.now },
      },
      adminToken: settings.ADMIN_TOKEN,
      operatorTokens: settings.OPERATORS,
      gateway: gatewayOf(settings),
    }),
    addressRate: createRateLimit('address', { perSecond: settings.CLIENT_RATE_MAX, slots: 65_536 }),
    hasKeys: () => issuerKeys === undefined || issuerKeys.keySet() !== undefined,
    stop: () => issuerKeys?.stop(),
  }
}

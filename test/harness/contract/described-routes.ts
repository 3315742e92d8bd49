import { createAuthenticator } from '../../../api/authenticator.ts'
import { healthOperations } from '../../../api/contract/health-operations.ts'
import type { DescribedRoute } from '../../../api/openapi/implied-problems.ts'
import { allRoutes, type RoutesOptions } from '../../../api/routes/all-routes.ts'

const authenticator = createAuthenticator({
  shoppers: { secret: 'a secret of the tests', leewayMs: 0, now: Date.now },
  adminToken: 'a token',
})
/** Nothing is asked of the parts: only what the routes say of themselves is read. */
const parts = { authenticator, registry: {}, embedders: [] } as unknown as RoutesOptions

/** Every route that the API mounts, with its description, and the health checks. */
export const describedRoutes: readonly DescribedRoute[] = [...allRoutes(parts), ...healthOperations]

import { z } from 'zod'
import { operatorRoles } from '../../coupon/operator.ts'
import type { Authenticator } from '../authenticator.ts'
import { named } from '../contract/named-schema.ts'
import { rehearsalLimitsShape } from '../contract/rehearsal-shapes.ts'
import { jsonResponse, noStoreHeaders } from '../json-response.ts'
import type { Route } from '../route.ts'
import type { RehearsalLimits } from './admin-rehearsals.ts'

const meShape = named(
  'OperatorIdentity',
  z.object({
    name: z.string().max(64).describe('The name that stands beside the changes of this token.'),
    roles: z.array(z.enum(operatorRoles)).max(operatorRoles.length).describe('What the token may do.'),
    rehearsals: rehearsalLimitsShape,
  }),
)

const limitsOf = ({ shoppersMax, perSecondMax }: RehearsalLimits): RehearsalLimits => ({
  shoppersMax,
  perSecondMax,
})

/** Says to whom an operator token belongs, so that a program offers only what the token may do. */
export const adminMeRoute = (
  authenticator: Authenticator,
  rehearsals: RehearsalLimits | undefined,
): Route => ({
  ...{ method: 'GET', path: '/v1/admin/me', lane: 'read', caller: 'viewer' },
  operation: {
    id: 'readOperator',
    summary: 'The name and the roles of an operator token, and whether campaigns can be rehearsed',
    answers: { 200: { description: 'Who asks.', schema: meShape } },
    problems: [],
  },
  handle: authenticator.requireRole('viewer', (_context, { name, roles }) =>
    jsonResponse(
      { name, roles, rehearsals: rehearsals === undefined ? null : limitsOf(rehearsals) },
      200,
      noStoreHeaders,
    ),
  ),
})

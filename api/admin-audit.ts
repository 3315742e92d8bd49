import type { Audit } from '../coupon/audit/audit.ts'
import type { Callers } from './caller.ts'
import { json, notStored, type Route } from './http.ts'
import { problem } from './problem.ts'

/**
 * Operators ask whether the books of a campaign agree. One at a time in a process: an audit of a million grants takes some seconds of
 * its processor, next to the shoppers; a second one meanwhile is refused as overloaded.
 */
export const auditRoute = (audit: Audit, callers: Callers): Route => {
  let isRunning = false
  return {
    method: 'GET',
    path: '/v1/admin/campaigns/:campaignId/audit',
    handle: callers.asOperator(async (context) => {
      if (isRunning) return problem('overloaded', 'This process audits a campaign already.')
      isRunning = true
      // Nothing is sent meanwhile, and one of millions of grants may take longer than a connection may stand still.
      context.env.outgoing.setTimeout(0)
      try {
        const result = await audit.run(context.req.param('campaignId') ?? '')
        return result === undefined
          ? problem('unknown-campaign', 'There is no campaign with this id.')
          : json(result, 200, notStored)
      } finally {
        isRunning = false
      }
    }),
  }
}

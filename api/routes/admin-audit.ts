import type { CampaignRepository } from '../../coupon/ledger/campaigns.ts'
import type { AuditProcess } from '../audit-process.ts'
import type { Authenticator } from '../authenticator.ts'
import { jsonResponse, noStoreHeaders, type Route } from '../route.ts'
import { problem } from '../problem.ts'

/**
 * Operators ask whether the books of a campaign agree. One at a time for a process: an audit of a million grants takes some seconds of a
 * processor, next to the shoppers; a second one meanwhile is refused as overloaded.
 */
export const auditRoute = (
  audits: Pick<AuditProcess, 'run'>,
  campaigns: Pick<CampaignRepository, 'read'>,
  callers: Authenticator,
): Route => {
  let isRunning = false
  return {
    method: 'GET',
    path: '/v1/admin/campaigns/:campaignId/audit',
    handle: callers.requireOperator(async (context) => {
      if (isRunning) return problem('overloaded', 'This process audits a campaign already.')
      isRunning = true
      // Nothing is sent meanwhile, and one of millions of grants may take longer than a connection may stand still.
      context.env.outgoing.setTimeout(0)
      try {
        const campaign = await campaigns.read(context.req.param('campaignId') ?? '')
        return campaign === undefined
          ? problem('unknown-campaign', 'There is no campaign with this id.')
          : jsonResponse(await audits.run(campaign.id), 200, noStoreHeaders)
      } finally {
        isRunning = false
      }
    }),
  }
}

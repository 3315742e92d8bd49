import type { AuditProcess } from '../../coupon/audit/audit-process.ts'
import type { CampaignRepository } from '../../coupon/ledger/campaigns.ts'
import type { Authenticator } from '../authenticator.ts'
import { auditShape } from '../contract/audit-shape.ts'
import { jsonResponse, noStoreHeaders } from '../json-response.ts'
import { noCampaign, problem } from '../problem.ts'
import type { Route } from '../route.ts'

/**
 * Audits a campaign for an operator. One audit at a time per process: a large one takes a processor for many
 * seconds, next to the shoppers. A second one is rejected as overloaded.
 */
export const auditRoute = (
  audits: Pick<AuditProcess, 'run'>,
  campaigns: Pick<CampaignRepository, 'read'>,
  authenticator: Authenticator,
): Route => {
  let isRunning = false
  return {
    method: 'GET',
    path: '/v1/admin/campaigns/:campaignId/audit',
    lane: 'ledger',
    caller: 'viewer',
    operation: {
      id: 'auditCampaign',
      summary: 'Compare gate, log and ledger of a campaign',
      description: 'It can take seconds. One at a time in a process: a second one is 503 `overloaded`.',
      answers: { 200: { description: 'The result, whatever the verdict is.', schema: auditShape } },
      problems: ['unknown-campaign', 'unavailable'],
    },
    handle: authenticator.requireRole('viewer', async (context) => {
      if (isRunning) return problem('overloaded', 'This process is already auditing a campaign.')
      isRunning = true
      // No byte is sent during an audit, and a large one can take longer than the inactivity timeout.
      context.env.outgoing.setTimeout(0)
      try {
        const campaign = await campaigns.read(context.req.param('campaignId') ?? '')
        return campaign === undefined
          ? noCampaign()
          : jsonResponse(await audits.run(campaign.id), 200, noStoreHeaders)
      } finally {
        isRunning = false
      }
    }),
  }
}
